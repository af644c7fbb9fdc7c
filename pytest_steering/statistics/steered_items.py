"""What became of some items: how far they moved, and how many of them the wrong way."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Interval, require
from pytest_steering.statistics.bounded import share_interval
from pytest_steering.statistics.cluster_mean import mean_interval

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from pytest_steering.statistics.arrays import Floats


class Steerability(NamedTuple):
    """What became of some items.

    Attributes:
        slope: Mean of their slopes.
        interval: Its 95 % interval, Student's by cluster; None where there are fewer than two clusters.
        anti_steerable: Share of them that steering moves against the aim.
        anti_steerable_interval: Its 95 % interval, by cluster.
        items: How many they are.
    """

    slope: float
    interval: Interval | None
    anti_steerable: float
    anti_steerable_interval: Interval
    items: int


NO_GROUPS: Mapping[str, Steerability] = MappingProxyType({})


def steerability_of(item_slopes: Floats, clusters: Sequence[Hashable], wanted: int) -> Steerability:
    """Return what became of some items.

    Args:
        item_slopes: One an item. [items]
        clusters: The cluster of each. [items]
        wanted: The sign that a slope should have.
    """
    wrong = item_slopes * wanted < 0
    interval = mean_interval(item_slopes, clusters) if len(set(clusters)) > 1 else None
    return Steerability(
        float(item_slopes.mean()),
        interval,
        float(wrong.mean()),
        share_interval(wrong, clusters),
        item_slopes.size,
    )


def by_group(
    item_slopes: Floats, clusters: Sequence[Hashable], wanted: int, groups: Sequence[str]
) -> dict[str, Steerability]:
    """Return what became of the items of each group, in the order in which the groups first appear.

    Args:
        item_slopes: One an item. [items]
        clusters: The cluster of each. [items]
        wanted: The sign that a slope should have.
        groups: The group of each; none for no groups. [items]

    Raises:
        DataError: There is not one group an item.
    """
    require(len(groups) in (0, item_slopes.size), f"{len(groups)} groups for {item_slopes.size} items")
    places = {
        name: [place for place, one in enumerate(groups) if one == name] for name in dict.fromkeys(groups)
    }
    return {
        name: steerability_of(item_slopes[own], [clusters[place] for place in own], wanted)
        for name, own in places.items()
    }
