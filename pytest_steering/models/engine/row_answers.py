"""The answers of a batch's rows, as whatever decodes them hands them on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def until_end(
    row: int,
    ids: list[int],
    stop_ids: frozenset[int],
    decided: Callable[[int, Sequence[int]], bool] | None,
) -> list[int]:
    """Return the tokens of a row up to and with the one that ended its answer.

    Args:
        row: Its number.
        ids: All that was written after it.
        stop_ids: Tokens that end an answer.
        decided: Whether an answer, by its tokens so far, needs no further ones.
    """
    for end, token in enumerate(ids, start=1):
        if token in stop_ids or (decided is not None and decided(row, ids[:end])):
            return ids[:end]
    return ids
