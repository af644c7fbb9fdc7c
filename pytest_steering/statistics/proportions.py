"""Intervals for one proportion and for the difference of two paired proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Interval, require
from pytest_steering.statistics.distributions import normal_quantile

if TYPE_CHECKING:
    from pytest_steering.statistics.paired import PairedCounts


def wilson(successes: int, samples: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion (Wilson 1927, JASA 22:209).

    Args:
        successes: how many samples had the property.
        samples: how many there were, at least one.
        confidence: two-sided confidence.

    Raises:
        DataError: if there are no samples, or more successes than samples.
    """
    require(samples > 0, "No samples; an interval needs at least one")
    require(0 <= successes <= samples, f"{successes} of {samples} samples; expected a count between the two")
    share = successes / samples
    found = wilson_limits(share, samples, float(normal_quantile((1 + confidence) / 2)))
    return Interval(found.low if share else 0.0, found.high if share < 1 else 1.0)


def wilson_limits(share: float, samples: float, deviations: float) -> Interval:
    """Return Wilson's limits of a share, which rounding may leave a little off 0 or 1.

    Args:
        share: What was found, from 0 to 1.
        samples: Of how many; an effective number need not be whole.
        deviations: Standard errors to both sides.
    """
    square = deviations**2 / samples
    centre = (share + square / 2) / (1 + square)
    half = (share * (1 - share) * square + square**2 / 4) ** 0.5 / (1 + square)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def newcombe(counts: PairedCounts, confidence: float = 0.95) -> Interval:
    """Return Newcombe's interval for the change of a paired proportion, after − before.

    Method 10 of Newcombe (1998, Statistics in Medicine 17:2635): with Wilson limits (l1, u1) of p1 after
    and (l2, u2) of p2 before, and φ the correlation of the table,
    low = d − √((p1−l1)² − 2φ(p1−l1)(u2−p2) + (u2−p2)²),
    high = d + √((u1−p1)² − 2φ(u1−p1)(p2−l2) + (p2−l2)²).
    φ has a continuity correction: a positive ad − bc is lowered by n/2, not below 0; an empty margin
    gives φ = 0.

    Args:
        counts: the table of `paired_counts`.
        confidence: two-sided confidence; 0.96 for a one-sided bound at 98 %.

    Raises:
        DataError: if the table is empty.
    """
    n, difference = counts.n, change(counts)
    after, before = counts.both_right + counts.fixed, counts.both_right + counts.broken
    (low1, high1), (low2, high2) = wilson(after, n, confidence), wilson(before, n, confidence)
    below = _joined(after / n - low1, high2 - before / n, correlation(counts))
    above = _joined(high1 - after / n, before / n - low2, correlation(counts))
    return Interval(difference - below, difference + above)


def change(counts: PairedCounts) -> float:
    """Return the change of the proportion that is right, after − before."""
    require(counts.n > 0, "No paired samples; a difference needs at least one")
    return (counts.fixed - counts.broken) / counts.n


def correlation(counts: PairedCounts) -> float:
    """Return φ of a paired table with Newcombe's (1998) continuity correction, 0 where a margin is empty."""
    import math

    a, b, c, d = counts
    product = a * d - b * c
    scale = math.sqrt(float((a + b) * (c + d) * (a + c) * (b + d)))
    corrected = max(product - counts.n / 2, 0.0) if product > 0 else float(product)
    return corrected / scale if scale else 0.0


def _joined(one: float, other: float, phi: float) -> float:
    """Return √(x² − 2φxy + y²), the distance that two correlated half-widths span."""
    import math

    return math.sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))
