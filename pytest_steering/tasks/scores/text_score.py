"""A score of the answer alone: what was asked never reaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.progress.progress import followed
from pytest_steering.tasks.asked import Span
from pytest_steering.tasks.scores.score import Score, Scored, Written
from pytest_steering.tasks.scores.watched_call import WatchedCalls

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

MOST_CHARACTERS = 100_000
"""Longer answers are named and not scored: some libraries take time that grows with the square of it."""


@dataclass(frozen=True)
class TextScore(Score):
    """A score by a function of the answer.

    Attributes:
        of: From what was written to a number, or None where it cannot be scored.
        seconds: How long it may take for one answer.
        counted: From what was written to where the words stand that are counted; None where no words are.
    """

    of: Callable[[str], float | None] = lambda _text: None
    seconds: float = 30.0
    counted: Callable[[str], Sequence[Span]] | None = None

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return what the function gives each answer, never told what was asked."""
        del model
        calls = WatchedCalls(self.of, self.seconds)
        return [too_long(text) or self.within_bounds(*calls(text)) for _, text in followed(written, "answer")]

    def spans(self, text: str) -> Sequence[Span]:
        """Return where the words stand that are counted; see `Score.spans`."""
        return self.counted(text) if self.counted else ()


def too_long(text: str) -> Scored | None:
    """Return the fault of an answer of more than `MOST_CHARACTERS`, or None for any other."""
    if len(text) <= MOST_CHARACTERS:
        return None
    return Scored(None, f"the answer has {len(text):,} characters; at most {MOST_CHARACTERS:,} are scored")
