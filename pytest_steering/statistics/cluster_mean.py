"""The mean of numbers in clusters: Student's interval, and the bound that the gate's pass rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, codes, require, same_length, vector
from pytest_steering.statistics.distributions import student_quantile
from pytest_steering.statistics.spread import spread_of_mean
from pytest_steering.statistics.student import student_interval

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats

IMAGINED = 2
"""Samples that a bound adds."""

ROUNDING = 1e-9
"""Numbers that differ by less than this part of their size are alike."""


class ClusterMean(NamedTuple):
    """A mean over samples and its standard error over clusters; all of any one shape.

    Attributes:
        mean: Of all samples.
        error: Its standard error.
        clusters: How many there are.
    """

    mean: Floats
    error: Floats
    clusters: int


def by_cluster(values: ArrayLike, clusters: Sequence[Hashable] | None = None) -> tuple[Floats, Floats]:
    """Return the sum of the values of each cluster, and how many it has.

    Args:
        values: One a sample. [samples]
        clusters: The cluster of each; None makes each sample a cluster.

    Raises:
        DataError: There are no values, one is not finite, or there is not one cluster a sample.
    """
    import numpy as np

    numbers = vector(values, "values")
    groups = codes(clusters, len(numbers), "clusters")
    sizes = np.bincount(groups).astype(np.float64)
    return np.bincount(groups, numbers).astype(np.float64), sizes


def cluster_mean(sums: ArrayLike, sizes: ArrayLike) -> ClusterMean:
    """Return the mean over all samples and its standard error over clusters.

    With sums D_k and sizes n_k of K clusters, m = ΣD / Σn has the variance
    K / (K − 1) · Σ(D_k − n_k m)² / (Σn)² of a ratio of means (Cochran 1977, Sampling Techniques, §9A.3); with
    clusters of one sample each it is the usual s² / n.

    Args:
        sums: Of the values of each cluster, at least two. [..., clusters]
        sizes: Samples of each cluster, at least one; same shape.
    """
    import numpy as np

    total, count = np.asarray(sums, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    clusters, samples = total.shape[-1], count.sum(axis=-1)
    mean = total.sum(axis=-1) / samples
    squares = np.square(total - count * mean[..., None]).sum(axis=-1)
    return ClusterMean(mean, np.sqrt(clusters / (clusters - 1) * squares) / samples, clusters)


def mean_interval(
    values: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    scale: float | None = None,
) -> Interval:
    """Return Student's interval of a mean, with as many degrees of freedom as clusters of one size, less one.

    Numbers without any spread do not show that there is none: a quarter of a cluster is imagined that lies a
    whole scale away.

    Args:
        values: One a sample. [samples]
        clusters: The cluster of each; None makes each sample a cluster.
        confidence: Two-sided.
        scale: How far a number may lie from the others where they are all alike; None for their own size.

    Raises:
        DataError: There are fewer than two clusters, or a value is not finite.
    """
    spread = spread_of_mean(values, clusters)
    require(spread.clusters >= 2, f"{spread.clusters} clusters; the interval of a mean needs at least two")
    numbers = vector(values, "values")
    mean, size = float(numbers.mean()), float(abs(numbers).max())
    alike = spread.variance <= (ROUNDING * size) ** 2
    away = (size if scale is None else scale) if alike else 0.0
    return student_interval(mean, spread, away, confidence)


def rise_bound(sums: ArrayLike, sizes: ArrayLike, most: ArrayLike, confidence: float = 0.98) -> Floats:
    """Return the one-sided upper bound of a mean rise: Student's, with two imagined samples added.

    Samples that rise far and so seldom that few or none were drawn are what Student's bound does not see: it
    would lie below 0.3 where in truth one sample in ten rises by 3 in 8 of 100 comparisons of 24 samples. The
    imagined ones rise by the most that is thought possible, as Agresti & Coull (1998, The American
    Statistician 52:119) imagine two successes for a share. `benchmarks.gate.means` measures both.

    Args:
        sums: Of the rises of each cluster's samples. [..., clusters]
        sizes: Samples of each cluster; same shape.
        most: By how much a single sample may rise; one for each comparison. [...]
        confidence: One-sided.
    """
    import numpy as np

    total, count = np.asarray(sums, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    same_length(total, count)
    shape = (*total.shape[:-1], IMAGINED)
    rises = np.broadcast_to(np.asarray(most, dtype=np.float64)[..., None], shape)
    found = cluster_mean(
        np.concatenate([total, rises], axis=-1), np.concatenate([count, np.ones(shape)], axis=-1)
    )
    reach = student_quantile(confidence, found.clusters - 1) * found.error
    return np.asarray(found.mean + reach, dtype=np.float64)
