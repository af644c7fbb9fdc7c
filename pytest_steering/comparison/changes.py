"""What became of a yes-or-no property of paired samples, alone and by cluster: plain counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    APART,
    Clustering,
    clustering,
    design_effect,
    paired_share_interval,
    score_bound,
    settling_samples,
    sign_flip,
    smallest_p,
)

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative, Interval


class ClusterChange(NamedTuple):
    """What became of samples that belong together: a twin pair, or the variants of one scenario.

    Attributes:
        samples: how many are paired.
        broken: of them, right before and wrong after.
        fixed: of them, wrong before and right after.
    """

    samples: int
    broken: int
    fixed: int


@dataclass(frozen=True)
class Changes:
    """What became of the paired samples of two arms.

    Attributes:
        n: paired samples.
        fixed: of them, wrong before and right after.
        broken: of them, right before and wrong after.
        clusters: the same by cluster, in any order; without any each sample is a cluster of its own.
    """

    n: int
    fixed: int
    broken: int
    clusters: tuple[ClusterChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        _check(self.n, self.broken, self.fixed)
        for one in self.clusters:
            _check(*one)
        sums = tuple(map(sum, zip(*self.clusters, strict=True)))
        if self.clusters and sums != (self.n, self.broken, self.fixed):
            raise DataError(
                f"The clusters hold {sums} samples, broken and fixed; expected the counts of all samples, "
                f"{(self.n, self.broken, self.fixed)}"
            )

    @property
    def drop(self) -> float:
        """(broken − fixed) / n; 0 without samples."""
        return -self.effect

    @property
    def turned(self) -> int:
        """How many clusters had a net change."""
        return len(self.net)

    @property
    def effect(self) -> float:
        """(fixed − broken) / n; 0 without samples."""
        return (self.fixed - self.broken) / self.n if self.n else 0.0

    @cached_property
    def net(self) -> list[int]:
        """Broken − fixed of each cluster in which the two differ."""
        if not self.clusters:
            return [1] * self.broken + [-1] * self.fixed
        return [one.broken - one.fixed for one in self.clusters if one.broken != one.fixed]

    @property
    def within(self) -> Clustering:
        """By how much clusters widen the variance of the difference."""
        return clustering(*zip(*self.clusters, strict=True)) if self.clusters else APART

    @property
    def interval(self) -> Interval:
        """95 % interval of the effect, by cluster; there has to be a sample."""
        counts = zip(*self.clusters, strict=True) if self.clusters else self._alone()
        return paired_share_interval(*counts)

    def p(self, alternative: Alternative = "two-sided") -> float:
        """Return the exact p of no change: the sign-flip test by cluster, McNemar's where all stand alone.

        Args:
            alternative: "greater" asks whether more broke than were fixed, "less" the reverse.
        """
        return sign_flip(self.net, alternative)

    def smallest_p(self, alternative: Alternative = "two-sided") -> float:
        """Return the smallest p that so many changed clusters can reach."""
        return _smallest_p(self.turned, alternative)

    def drop_bound(self, confidence: float) -> float:
        """Return the one-sided upper score bound of the drop, widened by clusters; 1 without samples.

        Args:
            confidence: Of the bound.
        """
        if not self.n:
            return 1.0
        return _drop_bound(self.broken, self.fixed, self.n, confidence, self.within)

    def settling_samples(self, margin: float, level: float, confidence: float) -> int | None:
        """Return how many samples would settle it; see `pytest_steering.statistics.settling_samples`.

        Args:
            margin: The drop that is tolerated, as a share.
            level: Of the test.
            confidence: Of the bound.
        """
        widened = float(design_effect(self.n, self.within))
        broken, fixed, samples = (count / widened for count in (self.broken, self.fixed, self.n))
        needed = settling_samples(samples, broken, fixed, margin, level, confidence)
        return None if needed is None else math.ceil(needed * widened)

    def _alone(self) -> tuple[list[int], list[int], list[int]]:
        """Return the counts of clusters of one sample each."""
        same = self.n - self.broken - self.fixed
        lost = [1] * self.broken + [0] * (self.fixed + same)
        gained = [0] * self.broken + [1] * self.fixed + [0] * same
        return [1] * self.n, lost, gained


@lru_cache(maxsize=4096)  # bisection takes 1 ms, and a run of many cells asks for the same counts again
def _drop_bound(broken: int, fixed: int, n: int, confidence: float, within: Clustering) -> float:
    return float(score_bound(broken, fixed, n, confidence, within))


@lru_cache(maxsize=1024)
def _smallest_p(turned: int, alternative: Alternative) -> float:
    return float(smallest_p(turned, alternative))


def _check(n: int, broken: int, fixed: int) -> None:
    if min(n, fixed, broken) < 0 or fixed + broken > n:
        raise DataError(
            f"{n} paired samples, {fixed} fixed, {broken} broken; expected fixed + broken between 0 and n"
        )
