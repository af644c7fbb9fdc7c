"""What counts as a miss: the behaviour is not there, or the answer is no text any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.limit import Limit
from pytest_steering.tasks.scores.score import Score, Scored, Written, as_guard, joined_faults

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


@dataclass(frozen=True)
class Miss(Score):
    """Whether an answer is a miss.

    Attributes:
        score: Of the behaviour.
        wanted: Between which numbers the behaviour is there.
        guards: Scores that say whether the answer is text.
    """

    score: Score | None = None
    wanted: Limit = field(default_factory=Limit)
    guards: tuple[Score, ...] = ()

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return 1 for each miss, such as an answer that cannot be scored; a score that fails leaves None."""
        parts = [(part, part.limit) for part in self.guards]
        if self.score is not None:
            parts.append((self.score, self.wanted))
        columns = [part.of_all(written, model) for part, _ in parts]
        return [_missed(parts, row) for row in zip(*columns, strict=True)]


def miss(
    score: Score, guards: Sequence[Score] = (), *, least: float | None = None, most: float | None = None
) -> Score:
    """Return whether an answer is a miss, 1 or 0: violation or incoherence.

    It is a violation where the behaviour's score lies outside of what is wanted or cannot be had, and
    incoherence where a guard's does.

    Limits: those of its parts. It does not tell the two apart; score the parts beside it.

    Args:
        score: Of the behaviour.
        guards: Each with a limit that does not go by the unsteered answers, which are not at hand here.
        least: The lowest score that is wanted; None for any.
        most: The highest one; None for any.

    Raises:
        DataError: Every score is wanted, or a guard has no limit or one beside the unsteered answers.
    """
    wanted = Limit(least, most)
    if wanted == Limit():
        raise DataError("a miss was declared without what is wanted; give least or most")
    for guard in map(as_guard, guards):
        if guard.limit is not None and guard.limit.beside:
            raise DataError(
                f"the guard {guard.name!r} goes by the unsteered answers, which a miss cannot ask; give it a "
                "limit of least and most alone"
            )
    return Miss(
        "miss",
        better="lower",
        bounds=(0.0, 1.0),
        unit="share",
        meaning=f"violation ({score.name} not {_shown(wanted)}) or incoherence (by {_names(guards)})",
        score=score,
        wanted=wanted,
        guards=tuple(guards),
    )


def _missed(parts: Sequence[tuple[Score, Limit | None]], row: Sequence[Scored]) -> Scored:
    fault = joined_faults([part for part, _ in parts], row)
    bounds = [(limit or Limit()).bounds([]) for _, limit in parts]
    kept = [
        one.value is not None and low <= one.value <= high
        for one, (low, high) in zip(row, bounds, strict=True)
    ]
    return Scored(None, fault) if fault else Scored(float(not all(kept)))


def _shown(limit: Limit) -> str:
    if limit.least is None or limit.most is None:
        return f"at most {limit.most:g}" if limit.least is None else f"at least {limit.least:g}"
    return f"{limit.least:g} to {limit.most:g}"


def _names(scores: Sequence[Score]) -> str:
    return ", ".join(score.name for score in scores) or "nothing"
