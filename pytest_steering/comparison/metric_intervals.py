"""The 95 % interval of a number of an arm, by what kind of number it is."""

from __future__ import annotations

import math

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.mean_interval import interval_of_mean
from pytest_steering.comparison.metrics.metric import Ends, Metric
from pytest_steering.comparison.metrics.quantities import Carried, Mean, Share, Weighted
from pytest_steering.comparison.metrics.registry import metric
from pytest_steering.statistics import Interval, bootstrap, bounded_interval, jackknife, share_interval

RESAMPLES = 1999


def interval_of(asked: Metric, facts: Facts, value: float) -> Interval:
    """Return the 95 % interval of a number of an arm.

    Args:
        asked: The number.
        facts: The arm's samples.
        value: The number on them.

    Raises:
        DataError: All samples are of one cluster.
    """
    quantity = asked.quantity
    if isinstance(quantity, Carried):
        return _carried(quantity, facts)
    if isinstance(quantity, Share):
        return _interval_of_share(quantity, facts)
    if isinstance(quantity, Mean):
        return _interval_of_mean(quantity, facts, asked.ends)
    if not isinstance(quantity, Weighted):
        return Interval(value, value)
    statistic = quantity.weighted(facts)
    if asked.ends is None:
        return bootstrap(statistic, len(facts.ran), facts.clusters, resamples=RESAMPLES).interval
    return bounded_interval(value, jackknife(statistic, len(facts.ran), facts.clusters), asked.ends)


def _carried(quantity: Carried, facts: Facts) -> Interval:
    """Return the interval of the other number, carried over; an end that is not finite there is open."""
    other = metric(quantity.metric)
    low, high = map(quantity.through, interval_of(other, facts, other.value(facts) or 0.0))
    return Interval(-math.inf if low is None else low, math.inf if high is None else high)


def _interval_of_share(share: Share, facts: Facts) -> Interval:
    among = [one for one in facts.ran if share.among(one)]
    return share_interval([share.part(one) for one in among], [one.resampled_with for one in among])


def _interval_of_mean(mean: Mean, facts: Facts, ends: Ends | None) -> Interval:
    known = [(number, one.resampled_with) for one in facts.ran if (number := mean.of(one)) is not None]
    numbers, clusters = zip(*known, strict=True)
    return interval_of_mean(numbers, clusters, ends)
