"""Numbers of an arm with their 95 % intervals, alone and as a paired change: the one place that finds them.

All are of samples in clusters: twins, what a data set declares, and texts that are near copies. Numbers that
lie between two ends, such as shares, AUROC or balanced accuracy, get Wilson's interval of as many single
samples as their clusters are worth, means of other numbers Student's by cluster. The change of a share gets
Tango's interval and the exact sign-flip test by cluster, that of a mean Student's and the sign-flip test, any
other Student's by the jackknife over clusters. What has no ends gets the BCa bootstrap that draws clusters
whole; numbers that are measured elsewhere are taken as they are. docs/trust.md says how often each interval
holds the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.mean_change import mean_change
from pytest_steering.comparison.metric_intervals import RESAMPLES, interval_of
from pytest_steering.comparison.metrics.metric import Metric
from pytest_steering.comparison.metrics.quantities import Mean, Share, Weighted
from pytest_steering.comparison.metrics.registry import metric, metrics
from pytest_steering.comparison.outcomes import GIVEN
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    Interval,
    bootstrap,
    difference_of,
    jackknife,
    student_interval,
    student_p,
)

UNKNOWN = Interval(float("nan"), float("nan"))


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
    return Estimate(value, interval_of(asked, facts, value), samples)


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
    return _change_of_any(asked, quantity, before, after)


def _change_of_any(asked: Metric, quantity: Weighted, before: Facts, after: Facts) -> Estimate:
    """Return the change of a number of all samples together."""
    statistic, samples = difference_of(quantity.weighted(after), quantity.weighted(before)), len(after.ran)
    if asked.ends is None:
        found = bootstrap(statistic, samples, after.clusters, resamples=RESAMPLES)
        return Estimate(found.estimate, found.interval, samples, p=found.p)
    spread, away = jackknife(statistic, samples, after.clusters), asked.ends[1] - asked.ends[0]
    change = (asked.value(after) or 0.0) - (asked.value(before) or 0.0)
    interval, p = student_interval(change, spread, away), student_p(change, spread, away)
    return Estimate(change, interval, samples, p=p)


def _change_of_share(share: Share, pairing: Pairing) -> Estimate:
    among = pairing.only(lambda before, _: share.among(before))
    changes = among.changes(share.part)
    return Estimate(changes.effect, changes.interval, changes.n, p=changes.p())


def _change_of_mean(mean: Mean, pairing: Pairing) -> Estimate:
    found = mean_change(pairing, mean.of)
    if not found.n:
        return Estimate(None, UNKNOWN, 0, "no sample has the number in both arms")
    return Estimate(found.mean, found.interval, found.n, p=found.p())
