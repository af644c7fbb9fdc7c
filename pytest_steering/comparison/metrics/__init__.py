"""Every number of an arm by name: what it is, its value, its weighted form, and when it does not exist."""

from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Balanced, Mean, Plain, Share
from pytest_steering.comparison.metrics.registry import (
    JUDGEMENT,
    SIDE_EFFECTS,
    find,
    metric,
    metrics,
    numbers,
    own_metrics,
    register,
    require_free,
)
from pytest_steering.comparison.metrics.sample_numbers import number_of

__all__ = [
    "JUDGEMENT",
    "SIDE_EFFECTS",
    "Balanced",
    "Gap",
    "Mean",
    "Metric",
    "Plain",
    "Share",
    "find",
    "metric",
    "metrics",
    "number_of",
    "numbers",
    "own_metrics",
    "register",
    "require_free",
]
