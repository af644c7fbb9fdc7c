"""How many samples would settle a comparison that its present samples leave open."""

from __future__ import annotations

import math
from functools import lru_cache

from pytest_steering.statistics.arrays import Interval
from pytest_steering.statistics.distributions import normal_quantile
from pytest_steering.statistics.paired import mcnemar_p_values
from pytest_steering.statistics.power import MOST_SAMPLES, first_count, outcomes
from pytest_steering.statistics.tango import score_statistic


@lru_cache(maxsize=4096)
def settling_samples(
    samples: float, broken: float, fixed: float, margin: float, level: float, confidence: float = 0.98
) -> int | None:
    """Return how many paired samples would settle an inconclusive comparison, if its rates are as observed.

    Settled means that the score bound of the drop lies below the margin, or that the one-sided exact McNemar
    test finds the drop; asked for is a chance of 0.8 for either. Half a sample is added to each cell of the
    table, so that a count of 0 is not taken for a rate of 0 (Agresti & Min 2005, Stat. Med. 24:729).

    Args:
        samples: paired samples so far; for clusters, their number over the design effect, as for the counts.
        broken: of them, right before and wrong after.
        fixed: of them, wrong before and right after.
        margin: the drop that is tolerated, as a share.
        level: level of the test of one cell, after correction for the others.
        confidence: one-sided confidence of the bound.

    Returns:
        More than `samples`, or None above 100,000: the drop sits too close to the margin.
    """
    rates = (broken + 0.5) / (samples + 2), (fixed + 0.5) / (samples + 2)
    start = math.floor(samples) + 1
    return first_count(lambda n: settled_share(n, *rates, margin, level, confidence) >= 0.8, start)


def settled_share(
    samples: int, broken: float, fixed: float, margin: float, level: float, confidence: float = 0.98
) -> float:
    """Return the chance that a comparison of n samples ends in pass or regression, given the true rates."""
    table = outcomes(samples, broken, fixed)
    below = score_statistic(table.broken, table.fixed, samples, margin) < -normal_quantile(confidence)
    found = mcnemar_p_values(table.broken, table.fixed, "greater") <= level
    return float(table.probability[below | found].sum())


def scaled_samples(samples: int, estimate: float, interval: Interval, threshold: float) -> int | None:
    """Return how many samples would bring an interval to exclude a threshold, if the estimate stays.

    The half-width on the side of the threshold is taken to shrink as 1/√n.

    Args:
        samples: samples behind the interval.
        estimate: its estimate.
        interval: the interval at that many samples.
        threshold: the value to exclude.

    Returns:
        The number of samples, or None above 100,000 or if the estimate is the threshold itself.
    """
    width = estimate - interval.low if estimate > threshold else interval.high - estimate
    if estimate == threshold or not math.isfinite(width):
        return None
    needed = math.ceil(samples * (width / abs(estimate - threshold)) ** 2)
    return needed if needed <= MOST_SAMPLES else None
