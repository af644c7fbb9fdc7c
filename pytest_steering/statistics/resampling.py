"""The paired, cluster-wise BCa bootstrap for any statistic that is a function of sample weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, codes, require
from pytest_steering.statistics.bca import bca_interval, bca_p_value

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    import numpy as np

    from pytest_steering.statistics.arrays import Floats, Integers
    from pytest_steering.statistics.weighted import Statistic

CHUNK = 2_000_000
"""Weights held in memory at a time."""


class Bootstrap(NamedTuple):
    """A statistic with its bootstrap interval.

    Attributes:
        estimate: the statistic on the samples as they are.
        low: lower end of the BCa interval.
        high: upper end of the BCa interval.
        p: two-sided p against the null value, by inverting the interval.
        clusters: how many independent units were drawn from.
        undefined: resamples on which the statistic was undefined; they are left out.
        degenerate: every resample gave the same value, so the width 0 says nothing about certainty.
    """

    estimate: float
    low: float
    high: float
    p: float
    clusters: int
    undefined: int
    degenerate: bool

    @property
    def interval(self) -> Interval:
        """The two ends."""
        return Interval(self.low, self.high)


def bootstrap(
    statistic: Statistic,
    samples: int,
    clusters: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    null: float = 0.0,
    resamples: int = 9999,
    seed: int = 0,
) -> Bootstrap:
    """Return a statistic with its bias-corrected and accelerated bootstrap interval.

    Whole clusters (a twin pair, a base scenario with its variants) are drawn with replacement, because their
    samples are not independent (Davison & Hinkley 1997, §3.8; BCa: Efron 1987, JASA 82:171).

    Args:
        statistic: from weights [resamples, samples] to values [resamples]; see `mean_of`, `auroc_of`.
        samples: how many samples there are.
        clusters: the cluster of each sample; None makes each sample a cluster.
        confidence: two-sided confidence.
        null: the value that p is taken against.
        resamples: how many bootstrap draws.
        seed: of the draws; the same seed gives the same interval.

    Raises:
        DataError: if there are fewer than two clusters, or the statistic is undefined on the samples.
    """
    import numpy as np

    groups = codes(clusters, samples, "clusters")
    units = int(groups.max(initial=-1)) + 1
    require(units >= 2, f"{units} clusters to draw from; a bootstrap interval needs at least two")
    estimate = float(_evaluate(statistic, groups, iter([np.ones((1, units), dtype=np.int64)]))[0])
    require(np.isfinite(estimate), "The statistic is undefined on these samples; it has no interval")
    rows = max(1, CHUNK // samples)
    draws = _evaluate(statistic, groups, _drawn(units, resamples, rows, np.random.default_rng(seed)))
    kept = draws[np.isfinite(draws)]
    require(kept.size > 0, "The statistic is undefined on every resample; there are too few samples")
    without = left_out(statistic, groups)
    jackknife = without[np.isfinite(without)]
    low, high = bca_interval(estimate, kept, jackknife, confidence)
    p = max(bca_p_value(estimate, kept, jackknife, null), min(1.0, 2.0 ** (1 - units)))
    return Bootstrap(estimate, low, high, p, units, draws.size - kept.size, bool(np.ptp(kept) == 0))


def left_out(statistic: Statistic, groups: Integers) -> Floats:
    """Return the statistic without each cluster; not-a-number where it is undefined.

    Args:
        statistic: From weights to values.
        groups: Number of the cluster of each sample, from 0. [samples]

    Returns:
        One value a cluster. [clusters]
    """
    units = int(groups.max()) + 1
    return _evaluate(statistic, groups, _jackknife(units, max(1, CHUNK // groups.size)))


def _evaluate(statistic: Statistic, groups: Integers, draws: Iterator[Integers]) -> Floats:
    """Give each sample the weight of its cluster and evaluate, one chunk of draws at a time."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([statistic(chunk[:, groups].astype(np.float64)) for chunk in draws])


def _drawn(units: int, resamples: int, rows: int, generator: np.random.Generator) -> Iterator[Integers]:
    """Yield how often each cluster is drawn, as rows of [rows, units]."""
    import numpy as np

    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        picks = generator.integers(0, units, size=(count, units)) + units * np.arange(count)[:, None]
        yield np.bincount(picks.ravel(), minlength=count * units).reshape(count, units)


def _jackknife(units: int, rows: int) -> Iterator[Integers]:
    """Yield every cluster left out once, as rows of [rows, units]."""
    import numpy as np

    for start in range(0, units, rows):
        left_out = np.arange(start, min(start + rows, units))
        yield (np.arange(units)[None, :] != left_out[:, None]).astype(np.int64)
