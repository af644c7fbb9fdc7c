"""Signal detection theory: how well the two classes are told apart, and which answer is favoured."""

from __future__ import annotations

import math
from statistics import NormalDist

from pytest_steering.evaluation.metrics.confusion import Confusion, yes_rate

SATURATED = "not identifiable (answers saturated)"
LOWEST_YES_RATE, HIGHEST_YES_RATE = 0.02, 0.98


def saturated(c: Confusion) -> bool:
    """Whether so few answers differ from the rest that sensitivity and bias cannot be told apart."""
    rate = yes_rate(c)
    return rate is not None and not LOWEST_YES_RATE < rate < HIGHEST_YES_RATE


def d_prime(c: Confusion) -> float | None:
    """Sensitivity d′ = z(H) − z(F), with z the inverse normal distribution function.

    H = (TP + ½) / (TP + FN + 1) and F = (FP + ½) / (FP + TN + 1): the log-linear correction keeps rates of 0
    and 1 finite. None when the answers are saturated or one class has none. Source: Macmillan & Creelman
    2005, *Detection Theory*, eq. 1.5; Hautus 1995 for the correction.
    """
    rates = _rates(c)
    return None if rates is None else _z(rates[0]) - _z(rates[1])


def criterion(c: Confusion) -> float | None:
    """Bias c = −½ (z(H) + z(F)): below zero favours *yes*, above zero *no*; rates as in `d_prime`.

    None when the answers are saturated or one class has none. Source: Macmillan & Creelman 2005, eq. 2.1.
    """
    rates = _rates(c)
    return None if rates is None else -0.5 * (_z(rates[0]) + _z(rates[1]))


def d_a(area: float | None) -> float | None:
    """Sensitivity of a graded answer, d_a = √2 · z(AUROC); needs no threshold and so has no bias in it.

    None without an AUROC, and where it is 0 or 1 (d_a is not finite). Source: Macmillan & Creelman 2005, eq.
    3.8.
    """
    return None if area is None or not 0 < area < 1 else math.sqrt(2) * _z(area)


def _rates(c: Confusion) -> tuple[float, float] | None:
    if saturated(c) or not c.tp + c.fn or not c.fp + c.tn:
        return None
    return (c.tp + 0.5) / (c.tp + c.fn + 1), (c.fp + 0.5) / (c.fp + c.tn + 1)


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)
