"""Numbers of an arm with their 95 % intervals, alone and as a paired change: the one place that finds them.

Shares of samples get Wilson's interval and, where both arms are shares of the same samples, Newcombe's for
the change and the exact sign-flip test by cluster. So do means of numbers that are all 0 or 1. Other means
get Student's interval by cluster; their change is that of the samples with the number in both arms, its test
the sign-flip test. (Of 24 samples the bootstrap's 95 % are 93 or less, see docs/trust.md.) What is left gets
the BCa bootstrap that draws clusters whole; numbers that are measured elsewhere are taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.mean_change import mean_change, yes_or_no
from pytest_steering.comparison.metrics.metric import Metric
from pytest_steering.comparison.metrics.quantities import Carried, Mean, Share, Weighted
from pytest_steering.comparison.metrics.registry import metric, metrics
from pytest_steering.comparison.outcomes import GIVEN
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.errors import DataError
from pytest_steering.statistics import Interval, bootstrap, difference_of, mean_interval, newcombe, wilson

if TYPE_CHECKING:
    from pytest_steering.statistics import Bootstrap, Statistic

UNKNOWN = Interval(float("nan"), float("nan"))
RESAMPLES = 1999


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: None where it is undefined.
        interval: Its 95 % interval; both ends are the number where it is taken as it is.
        samples: Number of samples it rests on.
        why: Why it is undefined.
        p: Of a paired change: two-sided against no change; None for a number by itself.
    """

    value: float | None
    interval: Interval
    samples: int
    why: str = ""
    p: float | None = None

    @property
    def number(self) -> float:
        """The value, and not-a-number where it is undefined."""
        return float("nan") if self.value is None else self.value

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.interval.low

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.interval.high


def estimate(facts: Facts, name: str) -> Estimate:
    """Return a number of an arm with its interval.

    Args:
        facts: The arm's samples.
        name: Of the metric.

    Raises:
        DataError: No metric has that name, or all samples are of one cluster.
    """
    asked = metric(name, facts.scores)
    value, samples = asked.value(facts), len(facts.ran)
    if value is None:
        return Estimate(None, UNKNOWN, samples, asked.why_undefined(facts))
    return Estimate(value, _interval(asked, facts, value), samples)


def estimated_change(pairing: Pairing, name: str) -> Estimate:
    """Return after − before of a number over the samples that both arms ran, with its interval.

    Args:
        pairing: These samples.
        name: Of the metric.

    Raises:
        DataError: No metric has that name, it has no paired difference, or all samples are of one cluster.
    """
    before, after = Facts(pairing.before), Facts(pairing.after)
    asked = metric(name, after.scores)
    quantity = asked.quantity
    if not isinstance(quantity, Weighted):
        known = ", ".join(one.name for one in metrics(after.scores) if isinstance(one.quantity, Weighted))
        raise DataError(f"{name!r} has no paired difference; those that have are {known}")
    for arm in (before, after):
        if asked.value(arm) is None:
            return Estimate(None, UNKNOWN, len(arm.ran), asked.why_undefined(arm))
    if isinstance(quantity, Share) and quantity.among in GIVEN:
        return _change_of_share(quantity, pairing)
    if isinstance(quantity, Mean):
        return _change_of_mean(quantity, pairing)
    found = _drawn(difference_of(quantity.weighted(after), quantity.weighted(before)), after)
    return Estimate(found.estimate, found.interval, len(after.ran), p=found.p)


def _interval(asked: Metric, facts: Facts, value: float) -> Interval:
    quantity = asked.quantity
    if isinstance(quantity, Share):
        return wilson(*quantity.counted(facts))
    if isinstance(quantity, Carried):
        return _carried(quantity, facts, value)
    if isinstance(quantity, Mean):
        return _interval_of_mean(quantity, facts)
    if isinstance(quantity, Weighted):
        return _drawn(quantity.weighted(facts), facts).interval
    return Interval(value, value)


def _carried(quantity: Carried, facts: Facts, value: float) -> Interval:
    low, high = map(quantity.through, estimate(facts, quantity.metric).interval)
    return Interval(value, value) if low is None or high is None else Interval(low, high)


def _interval_of_mean(mean: Mean, facts: Facts) -> Interval:
    known = [(number, one.resampled_with) for one in facts.ran if (number := mean.of(one)) is not None]
    numbers, clusters = zip(*known, strict=True)
    if yes_or_no(numbers):
        return wilson(int(sum(numbers)), len(numbers))
    return mean_interval(numbers, clusters)


def _drawn(statistic: Statistic, facts: Facts) -> Bootstrap:
    return bootstrap(statistic, len(facts.ran), facts.clusters, resamples=RESAMPLES)


def _change_of_share(share: Share, pairing: Pairing) -> Estimate:
    among = pairing.only(lambda before, _: share.among(before))
    counts, changes = among.counts(share.part), among.changes(share.part)
    return Estimate(changes.effect, newcombe(counts), counts.n, p=changes.p())


def _change_of_mean(mean: Mean, pairing: Pairing) -> Estimate:
    found = mean_change(pairing, mean.of)
    if not found.n:
        return Estimate(None, UNKNOWN, 0, "no sample has the number in both arms")
    return Estimate(found.mean, found.interval, found.n, p=found.p())
