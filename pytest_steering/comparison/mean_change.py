"""What became of a number of paired samples, alone and by cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_steering.comparison.mean_interval import yes_or_no
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.records import Outcome
from pytest_steering.statistics import (
    Interval,
    by_cluster,
    cluster_mean,
    detectable_mean_change,
    mean_flip,
    mean_interval,
    paired_share_interval,
    sign_flip,
)

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative
    from pytest_steering.statistics.arrays import Floats


@dataclass(frozen=True)
class MeanChange:
    """The numbers of the samples that have one both before and after.

    Attributes:
        before: Of each sample.
        after: Of the same samples.
        clusters: Of each; samples of one may change together.
    """

    before: tuple[float, ...]
    after: tuple[float, ...]
    clusters: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many samples there are."""
        return len(self.before)

    @property
    def means(self) -> tuple[float, float]:
        """The mean before and after; there has to be a sample."""
        return fmean(self.before), fmean(self.after)

    @property
    def mean(self) -> float:
        """Mean of after − before; 0 without samples."""
        before, after = self.means if self.before else (0.0, 0.0)
        return after - before

    @property
    def changes(self) -> list[float]:
        """What each sample gained."""
        return [after - before for before, after in zip(self.before, self.after, strict=True)]

    @cached_property
    def by_cluster(self) -> tuple[Floats, Floats]:
        """Sum of the changes of each cluster, and its number of samples; there has to be a sample."""
        return by_cluster(self.changes, self.clusters)

    @property
    def turned(self) -> int:
        """How many clusters changed."""
        return sum(1 for change in self.by_cluster[0] if change) if self.before else 0

    @property
    def counted(self) -> bool:
        """Whether the numbers are a share in disguise."""
        return yes_or_no((*self.before, *self.after))

    @property
    def interval(self) -> Interval:
        """95 % interval of the mean change: Tango's of a share, else Student's; both by cluster.

        Raises:
            DataError: Numbers that are no share are of fewer than two clusters.
        """
        if self.counted:
            return self._of_share()
        numbers = (0.0, *self.before, *self.after)
        return mean_interval(self.changes, self.clusters, scale=max(numbers) - min(numbers))

    def _of_share(self) -> Interval:
        lost, sizes = by_cluster([change < 0 for change in self.changes], self.clusters)
        gained, _ = by_cluster([change > 0 for change in self.changes], self.clusters)
        return paired_share_interval(sizes, lost, gained)

    @property
    def spread(self) -> float:
        """Standard deviation of changes that alone would give the mean its error; 0 where unknown."""
        sums, sizes = self.by_cluster if self.before else ((), ())
        return float(cluster_mean(sums, sizes).error) * self.n**0.5 if len(sums) > 1 else 0.0

    @property
    def detectable(self) -> float | None:
        """The least mean change that so many samples show (power 0.8, level 0.05); None where unknown."""
        return detectable_mean_change(self.n, self.spread) if self.spread else None

    def p(self, alternative: Alternative = "two-sided") -> float:
        """Return the p of no change: the sign-flip test by cluster.

        Args:
            alternative: "greater" asks whether the numbers rose, "less" whether they fell.
        """
        if not self.before:
            return 1.0
        sums = self.by_cluster[0]
        return sign_flip(map(int, sums), alternative) if self.counted else mean_flip(sums, alternative)


def mean_change(pairing: Pairing, of: Callable[[Outcome], float | None]) -> MeanChange:
    """Return what became of a number; samples that have it in one of the two alone are left out.

    Args:
        pairing: The samples.
        of: The number of one; None where it has none.
    """
    numbers = [
        (before, after, cluster)
        for before, after, cluster in zip(
            map(of, pairing.before), map(of, pairing.after), pairing.clusters, strict=True
        )
        if before is not None and after is not None
    ]
    before, after, clusters = zip(*numbers, strict=True) if numbers else ((), (), ())
    return MeanChange(before, after, clusters)
