"""Does more of the vector give more of the effect, item by item, and more than random directions give?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, require, vector
from pytest_steering.statistics.bounded import share_interval
from pytest_steering.statistics.cluster_mean import mean_interval
from pytest_steering.statistics.permutation import Rank, rank_among

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


class DoseResponse(NamedTuple):
    """How an outcome follows the coefficient.

    Attributes:
        slope: mean of the items' slopes, in units of outcome per unit of coefficient.
        item_slopes: one least-squares slope an item. [items]
        anti_steerable: share of items whose slope is below 0.
        random_slopes: the mean slope along each random direction. [directions]
        among_random: where the slope stands among them; None without random directions.
        interval: 95 % interval of the slope, Student's by cluster; None where there are fewer than two.
        anti_steerable_interval: 95 % interval of the share, by cluster.
        items: names of the items; empty where they are not known.
    """

    slope: float
    item_slopes: Floats
    anti_steerable: float
    random_slopes: Floats
    among_random: Rank | None
    interval: Interval | None = None
    anti_steerable_interval: Interval | None = None
    items: tuple[str, ...] = ()


def dose_response(
    coefficients: ArrayLike,
    outcomes: ArrayLike,
    random_outcomes: ArrayLike | None = None,
    *,
    clusters: Sequence[Hashable] | None = None,
    items: Sequence[str] = (),
    aim: int = 1,
) -> DoseResponse:
    """Fit a line an item through its outcomes over the coefficients.

    The slope is the steerability, and an item whose slope has not the sign of the aim is anti-steerable, as
    in Tan et al. (2024, arXiv:2407.12404).

    Args:
        coefficients: at least two different ones, the unsteered 0 among them if it was run. [coefficients]
        outcomes: a margin or another number for each item at each coefficient. [items, coefficients]
        random_outcomes: the same along random directions of equal norm. [directions, items, coefficients]
        clusters: the cluster of each item; None makes each item a cluster. [items]
        items: name of each item. [items]
        aim: 1 where the outcome is to rise with the coefficient, -1 where it is to fall.

    Raises:
        DataError: if the shapes do not match, a number is not finite or the coefficients are all equal.
    """
    import numpy as np

    item_slopes = slopes(coefficients, outcomes)
    require(item_slopes.ndim == 1, "Outcomes of one direction have shape [items, coefficients]")
    require(
        aim in (1, -1), f"The aim is {aim!r}; expected 1 where the outcome is to rise, -1 where it is to fall"
    )
    mean, wrong = float(item_slopes.mean()), item_slopes * aim < 0
    random = np.empty(0) if random_outcomes is None else slopes(coefficients, random_outcomes).mean(axis=-1)
    among = rank_among(mean, random) if random.size else None
    return DoseResponse(
        mean,
        item_slopes,
        float(np.mean(wrong)),
        random,
        among,
        _interval(item_slopes, clusters),
        share_interval(wrong, clusters),
        tuple(items),
    )


def _interval(values: Floats, clusters: Sequence[Hashable] | None) -> Interval | None:
    units = values.size if clusters is None else len(set(clusters))
    return mean_interval(values, clusters) if units > 1 else None


def slopes(coefficients: ArrayLike, outcomes: ArrayLike) -> Floats:
    """Return least-squares slopes over the last axis: Σ(x − x̄)y / Σ(x − x̄)².

    Args:
        coefficients: at least two different ones. [coefficients]
        outcomes: any leading shape. [..., coefficients]

    Raises:
        DataError: if the shapes do not match, a number is not finite or the coefficients are all equal.
    """
    import numpy as np

    x, y = vector(coefficients, "coefficients"), np.asarray(outcomes, dtype=np.float64)
    fits = y.ndim >= 2 and y.size > 0 and y.shape[-1] == x.size
    require(fits, f"Outcomes of shape {y.shape} for {x.size} coefficients; expected one a coefficient")
    require(bool(np.isfinite(y).all()), "An outcome is not finite; leave that item out and count it")
    away = x - x.mean()
    require(bool(np.ptp(x) > 0), "All coefficients are equal; a slope needs at least two different ones")
    return np.asarray(y @ away / (away @ away), dtype=np.float64)
