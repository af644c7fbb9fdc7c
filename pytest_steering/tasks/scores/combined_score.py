"""Three scores of an answer as one, where each must be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import harmonic_mean
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.tasks.scores.score import Score, Scored, Written, joined_faults

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

PART_BOUNDS = (0.0, 2.0)


@dataclass(frozen=True)
class Combined(Score):
    """The harmonic mean of some scores.

    Attributes:
        parts: Scores whose bounds are 0 and 2.
    """

    parts: tuple[Score, ...] = ()

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return each answer's combined score; one that lacks a part has none, and says which."""
        scored = [part.of_all(written, model) for part in self.parts]
        return [self._of(row) for row in zip(*scored, strict=True)]

    def _of(self, row: Sequence[Scored]) -> Scored:
        values = [one.value for one in row if one.value is not None]
        value = harmonic_mean(values) if len(values) == len(row) else None
        return Scored(value, joined_faults(self.parts, row))


def combined(concept: Score, instruction: Score, fluency: Score) -> Score:
    """Return the harmonic mean of three scores of 0 to 2, as in AxBench (Wu et al. 2025).

    It is 0 where one of them is 0: the concept in broken text, or fluent text without it, is no success.

    Limits: no better than its parts; a mean of it hides which of them failed, so score them beside it.

    Args:
        concept: Whether the concept is there.
        instruction: Whether what was asked is answered.
        fluency: Whether it is text.

    Raises:
        DataError: The bounds of one of them are others than 0 and 2.
    """
    parts = (concept, instruction, fluency)
    for part in parts:
        if tuple(part.bounds) != PART_BOUNDS:
            low, high = part.bounds
            raise DataError(f"{part.name!r} runs from {low} to {high}; three scores of 0 to 2 are combined")
    names = ", ".join(part.name for part in parts)
    return Combined(
        "combined",
        better="higher",
        bounds=PART_BOUNDS,
        meaning=f"harmonic mean of {names}",
        parts=parts,
    )
