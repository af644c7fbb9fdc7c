"""Which rows and tokens a condition lets be steered, decided anew from what blocks are seen to compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.steering.similarity import Similarity

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.intervention import Intervention


class AskedDecisions:
    """The decisions of one batch at a time."""

    def __init__(self, intervention: Intervention) -> None:
        when = intervention.when
        self._condition = None if when is None else Similarity.parse(when, intervention.condition)
        self._rows: dict[int, bool] = {}
        self._tokens: Tensor | None = None

    def begin_batch(self) -> None:
        """Know that other rows are read from here on."""
        self._rows = {}

    def computed(self, layer: int, state: Tensor, last: Sequence[int]) -> None:
        """Decide, where the block is the one that is looked at.

        Args:
            layer: Block number.
            state: What it computed, before any hook: [rows, columns, hidden].
            last: In which column of the pass each row's last prompt token stands; some other number where it
                stands in none.
        """
        if self._condition is None or layer != self._condition.layer:
            return
        self._tokens = self._condition.holds(state.flatten(0, 1)).reshape(state.shape[:2])
        for row, column in enumerate(last):
            if row not in self._rows and 0 <= column < state.shape[1]:
                self._rows[row] = bool(self._tokens[row, column])

    def left(self, shares: Tensor) -> Tensor:
        """Return the shares of the tokens of a pass that are steered: [rows, columns]."""
        if self._condition is None:
            return shares
        if self._condition.each_token:
            return shares * (self._tokens if self._tokens is not None else 0)
        import torch

        held = [self._rows.get(row, False) for row in range(shares.shape[0])]
        return shares * torch.tensor(held, device=shares.device)[:, None]
