"""The number of each sample that a cell is held by: whether it is right, or a number whose mean is judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import find, number_of
from pytest_steering.comparison.metrics.metric import Better
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome

DIGITS = 6
"""Significant digits of a sample's number in a baseline: finer differences are other arithmetic alone."""


@dataclass(frozen=True)
class GatedMetric:
    """What is judged of a cell.

    Attributes:
        name: Of the metric or the score.
        better: Which way is better; where it is `neither`, a change in either direction is a fall.
        unit: Of the number.
        margin: The fall that is tolerated, in this unit; None for the usual one.
    """

    name: str = ACCURACY
    better: Better = "higher"
    unit: str = "share"
    margin: float | None = None

    @classmethod
    def told(cls, row: Mapping[str, Any]) -> GatedMetric:
        """Return the metric that a record, or an entry of a baseline, tells of; accuracy where none."""
        name, margin = str(row.get("metric", ACCURACY)), row.get("margin")
        margin = None if margin is None else float(margin)
        if name == ACCURACY:
            return cls(margin=margin)
        return cls(name, row["better"], str(row["unit"]), margin)

    @property
    def mean(self) -> bool:
        """Whether the mean of a number is judged, and not what turned right or wrong."""
        return self.name != ACCURACY

    def held(self, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """Return outcomes with their numbers as a baseline keeps them, that which is judged among the scores.

        Raises:
            DataError: No outcome knows of the number, so that its lack says nothing.
        """
        every = tuple(outcomes)
        if not self.mean:
            return tuple(map(_kept, every))
        if find(self.name) is None and every and not any(self.name in one.scores for one in every):
            raise DataError(
                f"no outcome has a score {self.name!r}. A metric of one's own is known to pytest alone: "
                "decide there, or make it a score"
            )
        of = number_of(self.name)
        judged = ((_kept(one), _rounded(of(one))) for one in every)
        return tuple(one.but(scores={**one.scores, self.name: number}) for one, number in judged)

    def fall(self, before: float, now: float) -> float:
        """Return by how much a number got worse; below 0 if it got better."""
        rise = now - before
        return {"higher": -rise, "lower": rise, "neither": abs(rise)}[self.better]

    def number(self, held: Outcome) -> float | None:
        """Return the number of an outcome that `held` gave; None where it has none."""
        return held.scores.get(self.name)


def _kept(outcome: Outcome) -> Outcome:
    scores = {name: _rounded(value) for name, value in outcome.scores.items()}
    return outcome.but(margin=_rounded(outcome.margin), scores=scores)


def _rounded(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(f"{number:.{DIGITS}g}")


BY_ACCURACY = GatedMetric()
