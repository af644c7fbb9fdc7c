"""Which point a search would rather have: those that can be chosen before others, then the better number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.experiments.grid_search import Point

Toward: TypeAlias = Literal["higher", "lower"]

CANNOT = 1.0
"""By how much a point without a number misses: as much as one of which every answer is broken."""


@dataclass(frozen=True)
class Preference:
    """The order of a search's points.

    Attributes:
        toward: Which way the number is to go.
        by_margin: Whether that is the accuracy of the margin's sign, and not a score.
    """

    toward: Toward
    by_margin: bool = False

    def worth(self, point: Point) -> float | None:
        """Return the number that is to be large; None where the point has none."""
        number = point.by_margin if self.by_margin else point.score
        if point.skipped or number is None or math.isnan(number):
            return None
        return -number if self.toward == "lower" else number

    def violation(self, point: Point) -> float:
        """Return the share of answers broken beyond what guards allow: above 0 it cannot be chosen."""
        if self.worth(point) is None:
            return CANNOT
        if point.broken is None or point.allowed is None:
            return 0.0
        return point.broken - point.allowed

    def rank(self, point: Point) -> tuple[float, float, float]:
        """Return what sorts points from the worst to the best; of equal ones the weaker is better."""
        worth = self.worth(point)
        missed = max(0.0, self.violation(point))
        return -missed, -math.inf if worth is None else worth, -abs(point.scale)
