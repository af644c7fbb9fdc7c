"""Tango's score interval for a paired difference: what the gate's pass rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Interval, require
from pytest_steering.statistics.clustering import APART, Clustering, design_effect
from pytest_steering.statistics.distributions import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats
    from pytest_steering.statistics.paired import PairedCounts

HALVINGS = 60
"""Bisection steps: enough to reach the last bit of a number between −1 and 1."""


def tango(counts: PairedCounts, confidence: float = 0.95) -> Interval:
    """Return Tango's score interval for the change of a paired proportion, after − before.

    Args:
        counts: the table of `paired_counts`; only n and the discordant counts matter.
        confidence: two-sided confidence.

    Raises:
        DataError: if the table is empty.
    """
    level = (1 + confidence) / 2
    high = score_bound([counts.fixed], [counts.broken], [counts.n], level)[0]
    low = -score_bound([counts.broken], [counts.fixed], [counts.n], level)[0]
    return Interval(float(low), float(high))


def score_bound(
    broken: ArrayLike,
    fixed: ArrayLike,
    samples: ArrayLike,
    confidence: float = 0.98,
    within: Clustering = APART,
) -> Floats:
    """Return the one-sided upper score bound of the drop p_broken − p_fixed.

    The bound is the drop Δ at which `score_statistic` falls to −Φ⁻¹(confidence), its variance widened by the
    `design_effect` of clusters.

    Args:
        broken: samples right before and wrong after; any shape.
        fixed: samples wrong before and right after; same shape.
        samples: all paired samples, at least one; same shape.
        confidence: one-sided confidence, at least 0.5.
        within: sums over clusters of samples that may change together, same shape; none by default.

    Raises:
        DataError: if the counts are impossible.
    """
    import numpy as np

    b, c, n = (np.asarray(counts, dtype=np.float64) for counts in (broken, fixed, samples))
    require(
        bool(np.all((b >= 0) & (c >= 0) & (b + c <= n) & (n > 0))),
        "Discordant counts that exceed n, or n = 0",
    )
    low, high = (b - c) / n, np.ones_like(n)
    far = normal_quantile(confidence) * np.sqrt(design_effect(n, within))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = score_statistic(b, c, n, middle) > -far
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(high, dtype=np.float64)


def score_statistic(broken: ArrayLike, fixed: ArrayLike, samples: ArrayLike, drop: ArrayLike) -> Floats:
    """Return Tango's score statistic of a drop Δ: (b − c − nΔ) / √(n(2q + Δ(1 − Δ))).

    q is the likelihood's maximum for p_fixed given p_broken = p_fixed + Δ: the larger root of
    2n·q² + ((2n − b + c)Δ − b − c)·q − cΔ(1 − Δ) = 0 (Tango 1998, Statistics in Medicine 17:891). The
    statistic falls as Δ grows and is about standard normal if Δ is the true drop.

    Args:
        broken: samples right before and wrong after; any shape.
        fixed: samples wrong before and right after; same shape.
        samples: all paired samples; same shape.
        drop: the drop under test, between −1 and 1; same shape or one number.
    """
    import numpy as np

    b, c, n, delta = (np.asarray(part, dtype=np.float64) for part in (broken, fixed, samples, drop))
    linear = (2 * n - b + c) * delta - b - c
    root = np.sqrt(np.maximum(linear**2 + 8 * n * c * delta * (1 - delta), 0.0))
    variance = n * ((root - linear) / (2 * n) + delta * (1 - delta))
    gap = b - c - n * delta
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gap == 0, 0.0, gap / np.sqrt(np.maximum(variance, 0.0)))
