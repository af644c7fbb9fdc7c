"""The BCa interval from bootstrap draws and jackknife values, and the p-value that inverts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Interval
from pytest_steering.statistics.distributions import normal_below, normal_quantile

if TYPE_CHECKING:
    from pytest_steering.statistics.arrays import Floats

LIMIT = 1e-9
"""Smallest denominator of the acceleration term; below it the level is 0 or 1."""


def bca_interval(estimate: float, draws: Floats, jackknife: Floats, confidence: float) -> Interval:
    """Return Efron's bias-corrected and accelerated interval.

    The ends are the quantiles of the draws at Φ(z0 + (z0 + z) / (1 − a(z0 + z))) for
    z = ∓Φ⁻¹((1 + confidence) / 2) (Efron 1987, JASA 82:171).

    Args:
        estimate: the statistic on the samples.
        draws: the statistic on each resample. [resamples]
        jackknife: the statistic with each cluster left out. [clusters]
        confidence: two-sided confidence.
    """
    import numpy as np

    z0, a = bias(estimate, draws), acceleration(jackknife)
    tail = z0 + normal_quantile(np.array([(1 - confidence) / 2, (1 + confidence) / 2]))
    low, high = np.quantile(draws, normal_below(z0 + tail / np.maximum(1 - a * tail, LIMIT)))
    return Interval(float(low), float(high))


def bca_p_value(estimate: float, draws: Floats, jackknife: Floats, null: float) -> float:
    """Return the two-sided p at which the BCa interval first excludes the null value.

    Never below 1 / (draws + 1), the finest that so many draws can tell.
    """
    if draws.min() == draws.max() == null:
        return 1.0
    z0, a = bias(estimate, draws), acceleration(jackknife)
    shift = _normal_score(draws, null) - z0
    tail = float(normal_below(shift / max(1 + a * shift, LIMIT) - z0))
    return min(1.0, max(2 * min(tail, 1 - tail), 1 / (draws.size + 1)))


def bias(estimate: float, draws: Floats) -> float:
    """Return z0, the normal score of the share of draws below the estimate."""
    return _normal_score(draws, estimate)


def acceleration(jackknife: Floats) -> float:
    """Return a = Σ(m − θᵢ)³ / 6(Σ(m − θᵢ)²)^1.5 over the jackknife values, 0 if they are all equal."""
    import numpy as np

    away = jackknife.mean() - jackknife if jackknife.size else jackknife
    scale = float(np.sum(away**2)) ** 1.5
    return float(np.sum(away**3) / (6 * scale)) if scale > 0 else 0.0


def _normal_score(draws: Floats, value: float) -> float:
    """Return Φ⁻¹ of the share of draws below a value, ties counted half, kept off 0 and 1."""
    import numpy as np

    share = (np.sum(draws < value) + 0.5 * np.sum(draws == value) + 0.5) / (draws.size + 1)
    return float(normal_quantile(share))
