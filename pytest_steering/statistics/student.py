"""Student's interval and test of a number whose variance over clusters is known."""

from __future__ import annotations

from pytest_steering.statistics.arrays import Interval
from pytest_steering.statistics.distributions import student_above
from pytest_steering.statistics.spread import Spread


def student_interval(
    estimate: float, spread: Spread, away: float = 0.0, confidence: float = 0.95
) -> Interval:
    """Return Student's interval, with the degrees of freedom of the spread.

    Args:
        estimate: The number.
        spread: What it rests on, at least two clusters.
        away: How far a cluster may lie from it that was not drawn; a quarter of one is imagined.
        confidence: Two-sided.
    """
    half = spread.deviations(confidence) * spread.widened(away) ** 0.5
    return Interval(estimate - half, estimate + half)


def student_p(estimate: float, spread: Spread, away: float = 0.0) -> float:
    """Return the two-sided p of a number being 0 in truth, by the interval that first leaves 0 out.

    It is never below that of as many coins as there are clusters, all alike.

    Args:
        estimate: The number.
        spread: What it rests on, at least two clusters.
        away: As of the interval.
    """
    error, least = spread.widened(away) ** 0.5, 2.0 ** (1 - spread.clusters)
    if error == 0:
        return least if estimate else 1.0
    return min(1.0, max(least, 2 * float(student_above(abs(estimate) / error, spread.degrees))))
