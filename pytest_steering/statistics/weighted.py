"""Statistics as functions of sample weights, so that thousands of resamples are one matrix product."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pytest_steering.statistics.arrays import vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats

Statistic: TypeAlias = "Callable[[Floats], Floats]"
"""Weights [resamples, samples] to one value a resample; not-a-number where it is undefined."""


def mean_of(values: ArrayLike) -> Statistic:
    """Return the weighted mean of one value a sample, as a statistic."""
    fixed = vector(values, "values")
    return lambda weights: (weights @ fixed) / weights.sum(axis=1)


def difference_of(after: Statistic, before: Statistic) -> Statistic:
    """Return the difference of two statistics on the same resample."""
    return lambda weights: after(weights) - before(weights)
