"""How large a mean change n paired samples can show, and how many samples a mean needs."""

from __future__ import annotations

import math

from pytest_steering.statistics.arrays import Alternative, require
from pytest_steering.statistics.cluster_mean import IMAGINED
from pytest_steering.statistics.distributions import normal_below, normal_quantile
from pytest_steering.statistics.power import first_count

SIMILAR = 1e-4
"""A change is found to within this part of a standard deviation."""


def mean_power(
    samples: int, change: float, sd: float, level: float = 0.05, alternative: Alternative = "two-sided"
) -> float:
    """Return the chance that the test of a paired mean finds a change, in its true direction.

    By Student's t, whose statistic then follows the noncentral t with n − 1 degrees of freedom and
    noncentrality √n · change / sd (Cohen 1988, Statistical Power Analysis, §2.5); the sign-flip test has the
    same power but for its discreteness in few samples.

    Args:
        samples: Paired samples, at least two.
        change: True mean of the paired changes, 0 or more.
        sd: Standard deviation of the paired changes, in the unit of the change; above 0.
        level: p at or below this is found.
        alternative: "two-sided", or anything else for a test in the direction of the change.

    Raises:
        DataError: There are fewer than two samples, or no standard deviation.
    """
    from scipy.stats import nct, t

    require(samples >= 2, f"{samples} paired samples; the power of a mean needs at least two")
    require(sd > 0, f"standard deviation {sd}; expected one above 0")
    tail = level / 2 if alternative == "two-sided" else level
    return float(nct.sf(t.isf(tail, samples - 1), samples - 1, math.sqrt(samples) * change / sd))


def detectable_mean_change(
    samples: int, sd: float, level: float = 0.05, power: float = 0.8, alternative: Alternative = "two-sided"
) -> float | None:
    """Return the smallest mean change that n paired samples show with this power, to within 1e-4 sd.

    Args:
        samples: Paired samples.
        sd: Standard deviation of the paired changes; where only that of the scores is known, √2 times it if
            the two answers to a sample have nothing to do with each other.
        level: Level of the test.
        power: Chance of finding the change.
        alternative: Of the test.

    Returns:
        The change in the unit of `sd`, or None with fewer than two samples.
    """
    if samples < 2:
        return None
    low, high = 0.0, sd
    while mean_power(samples, high, sd, level, alternative) < power:
        low, high = high, 2 * high
    while high - low > SIMILAR * sd:
        middle = (low + high) / 2
        enough = mean_power(samples, middle, sd, level, alternative) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def samples_for_mean_change(
    change: float, sd: float, level: float = 0.05, power: float = 0.8, alternative: Alternative = "two-sided"
) -> int | None:
    """Return how many paired samples show a mean change with this power.

    Args:
        change: True mean of the paired changes, above 0.
        sd: Standard deviation of the paired changes, in the same unit.
        level: Level of the test.
        power: Chance of finding the change.
        alternative: Of the test.

    Returns:
        The number of samples, or None above 100,000.
    """
    return first_count(lambda n: mean_power(n, change, sd, level, alternative) >= power, 2)


def mean_settling_samples(
    samples: int,
    fall: float,
    error: float,
    most: float,
    margin: float,
    level: float,
    confidence: float = 0.98,
) -> int | None:
    """Return how many paired samples would settle an inconclusive mean, if mean and spread stay.

    Settled means that `rise_bound` of the fall lies below the margin, or that the test finds the fall; asked
    for is a chance of 0.8 for either, by the normal distribution.

    Args:
        samples: Paired samples so far.
        fall: Their mean fall.
        error: Its standard error, above 0.
        most: By how much a single sample may fall.
        margin: The fall that is tolerated.
        level: Level of the test of one cell, after correction for the others.
        confidence: One-sided confidence of the bound.

    Returns:
        More than `samples`, or None above 100,000: the fall sits too close to the margin.
    """
    passes, finds = float(normal_quantile(confidence)), -float(normal_quantile(level))
    variance = samples * error**2

    def settled(needed: int) -> bool:
        count, own = needed + IMAGINED, math.sqrt(variance / needed)
        mean = (needed * fall + IMAGINED * most) / count
        bound = mean + passes * math.sqrt(needed * variance + IMAGINED * (most - mean) ** 2) / count
        open_to = float(normal_below(finds - fall / own) - normal_below((margin - bound) / own))
        return 1 - max(0.0, open_to) >= 0.8

    return first_count(settled, samples + 1)
