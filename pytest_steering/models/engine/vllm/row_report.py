"""What vLLM's worker saw and did of one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass
class KeptParts:
    """What a layer's block handed on of a row, before and after the edit.

    Attributes:
        before: The first parts before it, a pass each: [tokens, hidden].
        after: The first parts after it.
        second_before: The second parts before it; none where a block has one part.
        second_after: The second parts after it.
    """

    before: list[Tensor] = field(default_factory=list)
    after: list[Tensor] = field(default_factory=list)
    second_before: list[Tensor] = field(default_factory=list)
    second_after: list[Tensor] = field(default_factory=list)


@dataclass
class RowReport:
    """What became of one row in all passes.

    Attributes:
        read: Numbers of the tokens that were read, in the order of the passes.
        written: Of each layer, numbers of the tokens that were written to.
        not_finite: Numbers of tokens whose last state is no finite number.
        first: Log-probabilities of the first new token: [vocabulary].
        logits: Of the tokens whose logits were to be kept, a pass each: [tokens, vocabulary].
        states: Of each layer whose states were to be kept, a pass each: [tokens, hidden].
        parts: Of each layer, where they were to be kept.
    """

    read: list[int] = field(default_factory=list)
    written: dict[int, list[int]] = field(default_factory=dict)
    not_finite: list[int] = field(default_factory=list)
    first: Tensor | None = None
    logits: list[Tensor] = field(default_factory=list)
    states: dict[int, list[Tensor]] = field(default_factory=dict)
    parts: dict[int, KeptParts] = field(default_factory=dict)


def in_order(kept: Sequence[Tensor], tokens: Sequence[int]) -> Tensor:
    """Return what was kept pass by pass in the order of the tokens; what was read twice, as it was last.

    Args:
        kept: One tensor a pass: [its tokens, ...].
        tokens: The number of each of these tokens, pass by pass.
    """
    import torch

    place = {token: number for number, token in enumerate(tokens)}
    return torch.cat(list(kept))[[place[token] for token in sorted(place)]]
