"""The answers of a batch's rows, as whatever decodes them hands them on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

TIE_MARGIN = 1e-4
"""Two best logits closer than this may change places when only the batch's shape changes (float32)."""


class NearTie(NamedTuple):
    """Where the two best logits nearly tied.

    Attributes:
        step: Which token of the answer, from 0.
        other: The second best there.
    """

    step: int
    other: int


@dataclass(frozen=True)
class Written:
    """What the rows of one batch came to.

    Attributes:
        answers: Token ids, up to and with the one that ended the answer.
        first: Log-probabilities of the first token: [rows, vocabulary].
        ties: Each row's first near-tie within its answer.
        logprobs: Log-probabilities of each row's tokens, where the engine decodes by itself.
    """

    answers: list[list[int]]
    first: Tensor
    ties: list[NearTie | None]
    logprobs: list[list[float]] = field(default_factory=list)
