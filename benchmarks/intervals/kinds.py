"""The kinds of intervals, each drawn once from a truth that is known."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.intervals.designs import Design, normals, rates
from pytest_steering.statistics import (
    Interval,
    auroc_of,
    bounded_interval,
    difference_of,
    jackknife,
    mean_interval,
    paired_share_interval,
    share_interval,
    student_interval,
)

if TYPE_CHECKING:
    from pytest_steering.statistics import Statistic
    from pytest_steering.statistics.arrays import Floats

Draw = Callable[[np.random.Generator, Design, float, float], "tuple[Interval, float]"]

REDRAWN = 0.2
"""Share of the samples that are answered anew in the second arm, where the truth did not change."""

LESS = 0.1


class Kind(NamedTuple):
    """One kind of interval.

    Attributes:
        name: As the table shows it.
        draw: From generator, design, rate and likeness to an interval and the truth.
        cost: How many share intervals it takes as long as.
    """

    name: str
    draw: Draw
    cost: int = 1


def share(
    generator: np.random.Generator, design: Design, rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of a share, such as accuracy."""
    flags = rates(generator, design, rate, alike)
    return share_interval(flags, design.clusters.tolist()), rate


def unchanged(
    generator: np.random.Generator, design: Design, rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of a share's change where a fifth was answered anew, at the same rate."""
    before, again = (rates(generator, design, rate, alike) for _ in range(2))
    anew = rates(generator, design, REDRAWN, alike) == 1
    return _change(design, before, np.where(anew, again, before)), 0.0


def lowered(
    generator: np.random.Generator, design: Design, rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of a share's change where a tenth of the right answers got wrong."""
    before = rates(generator, design, rate, alike)
    return _change(design, before, before * rates(generator, design, 1 - LESS, alike)), -LESS * rate


def balanced(
    generator: np.random.Generator, design: Design, rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of balanced accuracy; classes take turns."""
    right = rates(generator, design, rate, alike)
    spread = jackknife(_balanced_of(right), design.samples, design.clusters.tolist())
    return bounded_interval(_whole(_balanced_of(right), design), spread), rate


def area(generator: np.random.Generator, design: Design, rate: float, alike: float) -> tuple[Interval, float]:
    """Draw the interval of an AUROC whose truth is the rate; classes take turns."""
    statistic = auroc_of(_labels(design), _scores(generator, design, rate, alike))
    return bounded_interval(
        _whole(statistic, design), jackknife(statistic, design.samples, design.clusters.tolist())
    ), rate


def area_change(
    generator: np.random.Generator, design: Design, rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of the change of an AUROC from .7 to the rate, scores of the arms alike by half."""
    common = normals(generator, design, alike)
    arms = [
        auroc_of(
            _labels(design), (common + normals(generator, design, alike)) / 2**0.5 + _apart(area_, design)
        )
        for area_ in (rate, 0.7)
    ]
    statistic = difference_of(*arms)
    spread = jackknife(statistic, design.samples, design.clusters.tolist())
    return student_interval(_whole(statistic, design), spread, 1.0), rate - 0.7


def mean(
    generator: np.random.Generator, design: Design, _rate: float, alike: float
) -> tuple[Interval, float]:
    """Draw the interval of a mean of normal numbers, such as margins or slopes."""
    return mean_interval(normals(generator, design, alike), design.clusters.tolist()), 0.0


RATES = (
    Kind("a share", share),
    Kind("change of a share, none in truth", unchanged, 8),
    Kind("change of a share, a tenth less", lowered, 8),
    Kind("balanced accuracy", balanced, 4),
    Kind("AUROC", area, 16),
    Kind("change of AUROC from .7", area_change, 32),
)
"""Kinds that depend on the rate."""

MEAN = Kind("a mean", mean)


def _change(design: Design, before: Floats, after: Floats) -> Interval:
    lost, gained = (
        np.bincount(design.clusters, counted) for counted in ((before > after) * 1.0, (after > before) * 1.0)
    )
    return paired_share_interval(design.sizes, lost, gained)


def _labels(design: Design) -> Floats:
    return np.asarray(np.arange(design.samples) % 2, dtype=np.float64)


def _apart(rate: float, design: Design) -> Floats:
    return np.asarray(2**0.5 * NormalDist().inv_cdf(rate) * _labels(design), dtype=np.float64)


def _scores(generator: np.random.Generator, design: Design, rate: float, alike: float) -> Floats:
    return normals(generator, design, alike) + _apart(rate, design)


def _balanced_of(right: Floats) -> Statistic:
    present = np.arange(right.size) % 2 == 1
    return lambda weights: np.asarray(
        (
            weights @ (right * present) / (weights @ present)
            + weights @ (right * ~present) / (weights @ ~present)
        )
        / 2
    )


def _whole(statistic: Statistic, design: Design) -> float:
    return float(statistic(np.ones((1, design.samples)))[0])
