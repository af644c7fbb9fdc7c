"""Whether what a forward pass computed are finite numbers; where they are not is looked for only then."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_steering.errors import NotFiniteError

if TYPE_CHECKING:
    from torch import Tensor

Cell = tuple[int, int]
"""Batch member, and how many columns before the pass's end a token stands: 1 for the last."""


def sizes(states: Tensor) -> Tensor:
    """Return the norm of each state, no finite number where the state is none: [..., hidden] to [...].

    The squares are summed in float32, as the models' own norms do it: from about 1e19 on those overflow and
    hand on zeros, so that such a state is lost though each of its numbers is finite.

    Args:
        states: In any dtype.
    """
    import torch

    wide = torch.float64 if states.dtype == torch.float64 else torch.float32
    found: Tensor = torch.linalg.vector_norm(states, dim=-1, dtype=wide)
    return found


class FiniteWatch:
    """Holds the states that a pass wrote, and its logits, against being finite, with one look at its end."""

    def __init__(self) -> None:
        self._sizes: list[Tensor] = []

    def begin(self) -> None:
        """Know that a pass begins."""
        self._sizes = []

    def wrote(self, states: Tensor) -> None:
        """Note states that were written: [n, ..., hidden]."""
        self._sizes.append(sizes(states))

    def end(self, logits: Tensor, cells: Iterable[Cell]) -> None:
        """Raise unless what the pass wrote and the logits of its tokens are finite.

        A model may compute what it likes at pads. A token may be impossible, with a logit of −∞, but not all
        of them.

        Args:
            logits: [members, the pass's last columns, vocabulary].
            cells: Where the rows' tokens stand.

        Raises:
            NotFiniteError: One of them is not.
        """
        import torch

        best = logits.amax(-1)
        found = best.sum(dtype=torch.float32)  # a sum is finite only where all of its terms are
        for one in self._sizes:
            found = found + one.sum(dtype=torch.float32).to(best.device)
        if math.isfinite(float(found.detach())):
            return
        kept, fine = best.shape[1], best.isfinite().tolist()
        lost = [one for one in cells if one[1] <= kept and not fine[one[0]][kept - one[1]]]
        if lost or not all(bool(one.isfinite().all()) for one in self._sizes):
            raise NotFiniteError(f"states or logits are no finite numbers in {logits.dtype}")
