"""Signal detection theory: how well the two classes are told apart, and which answer is favoured."""

from __future__ import annotations

from statistics import NormalDist

from pytest_steering.comparison.confusion import Confusion
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Plain, Share
from pytest_steering.comparison.metrics.rates import NO_CLASS_ANSWERED
from pytest_steering.comparison.outcomes import answered, says_yes

SATURATED = "not identifiable (answers saturated)"
LOWEST_YES_RATE, HIGHEST_YES_RATE = 0.02, 0.98


def saturated(facts: Facts) -> bool:
    """Whether so few answers differ from the rest that sensitivity and bias cannot be told apart."""
    rate = Share(says_yes, answered).value(facts)
    return rate is not None and not LOWEST_YES_RATE < rate < HIGHEST_YES_RATE


def d_prime(c: Confusion) -> float:
    """Sensitivity d′ = z(H) − z(F), with z the inverse normal distribution function.

    H = (TP + ½) / (TP + FN + 1) and F = (FP + ½) / (FP + TN + 1): the log-linear correction keeps rates of 0
    and 1 finite.
    """
    hits, false_alarms = _scores(c)
    return hits - false_alarms


def criterion(c: Confusion) -> float:
    """Bias c = −½ (z(H) + z(F)): below zero favours *yes*, above zero *no*; rates as in `d_prime`."""
    hits, false_alarms = _scores(c)
    return -0.5 * (hits + false_alarms)


def _scores(c: Confusion) -> tuple[float, float]:
    hits, false_alarms = (c.tp + 0.5) / (c.tp + c.fn + 1), (c.fp + 0.5) / (c.fp + c.tn + 1)
    return NormalDist().inv_cdf(hits), NormalDist().inv_cdf(false_alarms)


GAPS = (Gap(SATURATED, saturated), NO_CLASS_ANSWERED)

METRICS = (
    Metric(
        "d_prime",
        "d′",
        "z(H) − z(F) with H = (TP + ½)/(TP + FN + 1), F = (FP + ½)/(FP + TN + 1)",
        Plain(lambda facts: d_prime(facts.confusion)),
        over="answered samples",
        gaps=GAPS,
        better="higher",
        unit="standard deviations",
        bounds=(None, None),
        source="Macmillan & Creelman 2005, eq. 1.5; Hautus 1995",
    ),
    Metric(
        "criterion",
        "criterion c",
        "−½ (z(H) + z(F)); negative favours *yes*",
        Plain(lambda facts: criterion(facts.confusion)),
        over="answered samples",
        gaps=GAPS,
        unit="standard deviations",
        bounds=(None, None),
        source="Macmillan & Creelman 2005, eq. 2.1; Hautus 1995",
    ),
)
