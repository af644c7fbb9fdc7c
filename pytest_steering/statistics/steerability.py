"""Does steerability carry over: are the same items steerable when they are asked in another way?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, require, same_length, vector
from pytest_steering.statistics.distributions import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.dose import DoseResponse


class Generalisation(NamedTuple):
    """The slopes of the same items in two settings, such as two system prompts.

    Attributes:
        ratio: mean slope in the other setting over that in the one; 1 where all of it carries over.
        rank_correlation: Spearman's, over items.
        interval: its 95 % interval.
        items: how many are in both.
    """

    ratio: float
    rank_correlation: float
    interval: Interval
    items: int


def generalisation(one: DoseResponse, other: DoseResponse) -> Generalisation:
    """Return how steerability in one setting carries over to another, as Tan et al. (2024, §5) ask.

    Args:
        one: with the names of its items.
        other: the same items asked in another way.

    Raises:
        DataError: if fewer than four items are in both.
    """
    slopes = [dict(zip(found.items, found.item_slopes.tolist(), strict=False)) for found in (one, other)]
    shared = [item for item in slopes[0] if item in slopes[1]]
    require(len(shared) >= 4, f"{len(shared)} items are in both; a rank correlation needs at least four")
    here, there = ([found[item] for item in shared] for found in slopes)
    found, interval = rank_correlation(here, there)
    mean = sum(here) / len(here)
    ratio = sum(there) / len(there) / mean if mean else float("nan")
    return Generalisation(ratio, found, interval, len(shared))


def rank_correlation(one: ArrayLike, other: ArrayLike, confidence: float = 0.95) -> tuple[float, Interval]:
    """Return Spearman's rank correlation with its interval.

    The interval is tanh(atanh ρ ∓ z √((1 + ρ²/2) / (n − 3))) (Bonett & Wright 2000, Psychometrika 65:23).

    Args:
        one: a number an item, such as its slope, at least four. [items]
        other: the same items' other number. [items]
        confidence: two-sided confidence.

    Returns:
        Both not-a-number where one side is all the same.

    Raises:
        DataError: if the two do not match, a number is not finite, or there are fewer than four items.
    """
    import numpy as np
    from scipy.stats import rankdata

    x, y = vector(one, "one"), vector(other, "other")
    require(same_length(x, y) >= 4, f"{x.size} items; a rank correlation needs at least four")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), Interval(float("nan"), float("nan"))
    rho = float(np.clip(np.corrcoef(rankdata(x), rankdata(y))[0, 1], -1.0, 1.0))
    if abs(rho) == 1:
        return rho, Interval(rho, rho)
    half = normal_quantile((1 + confidence) / 2) * np.sqrt((1 + rho**2 / 2) / (x.size - 3))
    low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
    return rho, Interval(float(low), float(high))
