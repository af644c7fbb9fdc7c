"""Intervals of numbers that lie between two ends: shares, AUROC, balanced accuracy, scores of a scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Interval, vector
from pytest_steering.statistics.distributions import gamma_quantile, normal_quantile
from pytest_steering.statistics.proportions import wilson_limits
from pytest_steering.statistics.spread import IMAGINED, Spread, spread_of_mean

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike

FEW, OF_FEW = 2, 50
"""Up to so many samples of another kind, among so many, the interval is Brown, Cai and DasGupta's."""


def share_interval(
    flags: ArrayLike, clusters: Sequence[Hashable] | None = None, confidence: float = 0.95
) -> Interval:
    """Return the interval of a share of samples that come in clusters: Wilson's, where each stands alone.

    Args:
        flags: 1 for samples that are counted, 0 for the others. [samples]
        clusters: The cluster of each; None makes each sample a cluster.
        confidence: Two-sided.

    Raises:
        DataError: There is no sample, or not one cluster a sample.
    """
    counted = vector(flags, "flags")
    share, spread = float(counted.mean()), spread_of_mean(counted, clusters)
    if spread.alone:
        return _wilson(share, spread.samples, float(normal_quantile((1 + confidence) / 2)), confidence)
    return bounded_interval(share, spread, confidence=confidence)


def bounded_interval(
    estimate: float, spread: Spread, bounds: tuple[float, float] = (0.0, 1.0), confidence: float = 0.95
) -> Interval:
    """Return the interval of a number that lies between two ends.

    It is Wilson's, of as many samples as would give a share the number's variance (the effective sample size
    of Kish 1965, Survey Sampling; Korn & Graubard 1998, Survey Methodology 24:193), with Student's quantile
    of one degree of freedom less than there are clusters. A number at an end has one as well.

    Args:
        estimate: The number.
        spread: What it rests on.
        bounds: The two ends.
        confidence: Two-sided.
    """
    low, high = bounds
    share, inner = (
        (estimate - low) / (high - low),
        spread._replace(variance=spread.variance / (high - low) ** 2),
    )
    found = _wilson(share, effective_samples(share, inner), inner.deviations(confidence), confidence)
    return Interval(low + (high - low) * found.low, low + (high - low) * found.high)


def effective_samples(share: float, spread: Spread) -> float:
    """Return of how many single samples a share would have the variance that it has over clusters.

    Args:
        share: Or another number between 0 and 1.
        spread: What it rests on; a quarter of a cluster of the rarer kind is added.
    """
    imagined, rarer = IMAGINED * spread.together, 0.0 if share > 0.5 else 1.0
    drawn_in = (spread.samples * share + imagined * rarer) / (spread.samples + imagined)
    return drawn_in * (1 - drawn_in) / spread.widened(rarer - drawn_in)


def _wilson(share: float, samples: float, deviations: float, confidence: float) -> Interval:
    """Return Wilson's interval (1927, JASA 22:209), changed near its ends as Brown, Cai & DasGupta do.

    Where at most two of at most 50 samples are of another kind, its end is that of a Poisson count (2001,
    Statistical Science 16:101, §4.1.1): Wilson's own misses a share of .99 in 8 of 100 draws of 48.
    """
    low, high = wilson_limits(share, samples, deviations)
    if samples <= OF_FEW and share <= 0.5:
        low = min(low, _poisson_end(share * samples, samples, confidence))
    if samples <= OF_FEW and share >= 0.5:
        high = max(high, 1 - _poisson_end((1 - share) * samples, samples, confidence))
    return Interval(low if share else 0.0, high if share < 1 else 1.0)


def _poisson_end(count: float, samples: float, confidence: float) -> float:
    return float(gamma_quantile(1 - confidence, count)) / samples if 0 < count <= FEW else 1.0
