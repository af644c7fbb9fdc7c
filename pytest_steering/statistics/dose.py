"""Does more of the vector give more of the effect, item by item, and more than random directions give?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, require, vector
from pytest_steering.statistics.permutation import Rank, rank_among
from pytest_steering.statistics.steered_items import NO_GROUPS, Steerability, by_group, steerability_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


class DoseResponse(NamedTuple):
    """How an outcome follows the coefficient.

    Attributes:
        slope: mean of the items' slopes, in units of outcome per unit of coefficient.
        item_slopes: one least-squares slope an item. [items]
        anti_steerable: share of items that steering moves against the aim.
        random_slopes: the mean slope along each random direction. [directions]
        among_random: where the slope stands among them; None without random directions.
        interval: 95 % interval of the slope, Student's by cluster; None where there are fewer than two.
        anti_steerable_interval: 95 % interval of the share, by cluster.
        items: names of the items; empty where they are not known.
        aim: 1 where steering is to raise the outcome, -1 where it is to lower it; where nobody said so, as
            the mean of the items does.
        groups: the same of each group of items, in the order in which they first appear.
    """

    slope: float
    item_slopes: Floats
    anti_steerable: float
    random_slopes: Floats
    among_random: Rank | None
    interval: Interval | None = None
    anti_steerable_interval: Interval | None = None
    items: tuple[str, ...] = ()
    aim: int = 1
    groups: Mapping[str, Steerability] = NO_GROUPS


def dose_response(
    coefficients: ArrayLike,
    outcomes: ArrayLike,
    random_outcomes: ArrayLike | None = None,
    *,
    clusters: Sequence[Hashable] | None = None,
    items: Sequence[str] = (),
    aim: int | None = None,
    groups: Sequence[str] = (),
) -> DoseResponse:
    """Fit a line an item through its outcomes over the coefficients.

    The slope is the steerability, and an item that moves against the aim is anti-steerable, as in Tan et al.
    (2024, arXiv:2407.12404). With coefficients below 0 steering raises what has a slope below 0.

    Args:
        coefficients: at least two different ones, the unsteered 0 among them if it was run. [coefficients]
        outcomes: a margin or another number for each item at each coefficient. [items, coefficients]
        random_outcomes: the same along random directions of equal norm. [directions, items, coefficients]
        clusters: the cluster of each item; None makes each item a cluster. [items]
        items: name of each item. [items]
        aim: 1 where steering is to raise the outcome, -1 where it is to lower it; None for the way that the
            mean of the items goes: then the slope alone tells whether that is the wanted one.
        groups: the group of each item; none by default. [items]

    Raises:
        DataError: if the shapes do not match, a number is not finite or the coefficients are all equal.
    """
    import numpy as np

    item_slopes = slopes(coefficients, outcomes)
    require(item_slopes.ndim == 1, "Outcomes of one direction have shape [items, coefficients]")
    require(
        aim in (1, -1, None),
        f"The aim is {aim!r}; expected 1 where steering is to raise the outcome, -1 where it is to lower it",
    )
    mean = float(item_slopes.mean())
    away = 1 if np.max(coefficients) >= -np.min(coefficients) else -1
    sign = aim or (away if mean >= 0 else -away)
    random = np.empty(0) if random_outcomes is None else slopes(coefficients, random_outcomes).mean(axis=-1)
    own = range(item_slopes.size) if clusters is None else clusters
    whole = steerability_of(item_slopes, list(own), sign * away)
    return DoseResponse(
        mean,
        item_slopes,
        whole.anti_steerable,
        random,
        rank_among(mean, random) if random.size else None,
        whole.interval,
        whole.anti_steerable_interval,
        tuple(items),
        sign,
        by_group(item_slopes, list(own), sign * away, groups),
    )


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
