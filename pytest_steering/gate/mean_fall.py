"""The fall of a mean since its baseline: its test, its bound, and the samples that would settle it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from pytest_steering.comparison.mean_change import MeanChange
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.statistics import mean_settling_samples, rise_bound, smallest_p

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative

USUAL_MARGIN = 0.3
"""The fall that is tolerated where nobody says, in standard deviations of the baseline's numbers."""

STILL = USUAL_MARGIN / 100
"""A change that is no more than this, in the same unit, is other arithmetic and none of the answer."""

_MIRRORED: dict[Alternative, Alternative] = {"greater": "less", "less": "greater", "two-sided": "two-sided"}


@dataclass(frozen=True)
class MeanFall:
    """What became of the numbers of a cell, as a fall: away from what is better, or away at all.

    Attributes:
        change: The numbers before and after.
        gated: Says which way is better.
    """

    change: MeanChange
    gated: GatedMetric

    @property
    def n(self) -> int:
        """Samples with a number both before and after."""
        return self.change.n

    @property
    def turned(self) -> int:
        """Clusters that changed."""
        return self.change.turned

    @property
    def drop(self) -> float:
        """By how much the mean fell, in its unit."""
        return self.gated.fall(*self.change.means) if self.n else 0.0

    def p(self, alternative: Alternative = "two-sided") -> float:
        """Return the sign-flip p by cluster.

        Args:
            alternative: "greater" asks whether the number fell, "less" whether it got better.
        """
        if self.gated.better == "neither":
            return 1.0 if alternative == "less" else self.change.p()
        return self.change.p(_MIRRORED[alternative] if self.gated.better == "higher" else alternative)

    def smallest_p(self, alternative: Alternative = "two-sided") -> float:
        """Return the smallest p that so many changed clusters can reach."""
        if self.gated.better == "neither" and alternative == "less":
            return 1.0
        sides: Alternative = "two-sided" if self.gated.better == "neither" else alternative
        return float(smallest_p(self.turned, sides))

    def drop_bound(self, confidence: float) -> float:
        """Return the one-sided upper bound of the fall; infinite without samples.

        Where no number changed to speak of, this run is the one before, and no spread tells how far others
        might go; the largest fall of a sample is the bound then.
        """
        if not self.n:
            return math.inf
        if self._still:
            return max(sign * change for sign in self._signs for change in self.change.changes)
        return max(self._bound(sign, confidence) for sign in self._signs)

    def settling_samples(self, margin: float, level: float, confidence: float) -> int | None:
        """Return how many samples would settle it; see `mean_settling_samples`."""
        error = self.change.spread / self.n**0.5
        if not error:
            return None
        sided = level / 2 if self.gated.better == "neither" else level
        most = max(farthest(self.change.before, sign) for sign in self._signs)
        return mean_settling_samples(self.n, self.drop, error, most, margin, sided, confidence)

    @cached_property
    def _signs(self) -> tuple[float, ...]:
        """Return the signs that make falls of changes."""
        return {"higher": (-1.0,), "lower": (1.0,), "neither": (-1.0, 1.0)}[self.gated.better]

    @property
    def _still(self) -> bool:
        """Whether no number changed by more than a hundredth of the usual margin."""
        return max(map(abs, self.change.changes)) <= STILL * pstdev(self.change.before)

    def _bound(self, sign: float, confidence: float) -> float:
        sums, sizes = self.change.by_cluster
        return float(rise_bound(sign * sums, sizes, farthest(self.change.before, sign), confidence))


def farthest(numbers: Sequence[float], sign: float) -> float:
    """Return how far a usual sample can fall: from the mean to the worst number that the baseline has.

    Args:
        numbers: Of the baseline.
        sign: −1 where lower is worse, 1 where higher is.
    """
    return max(sign * (one - fmean(numbers)) for one in numbers)


def usual_margin(numbers: Sequence[float]) -> float:
    """Return the fall that is tolerated where nobody says, to three digits; 0 where all numbers are the same.

    Args:
        numbers: Of the baseline.
    """
    return float(f"{USUAL_MARGIN * pstdev(numbers):.3g}") if numbers else 0.0
