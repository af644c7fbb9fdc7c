"""Which samples steering moved the wrong way: against most of those with their label, by the margin."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from pytest_steering.comparison.natural_order import natural
from pytest_steering.comparison.outcomes import margin
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.statistics import Interval, mean_interval, share_interval

LEVEL = 0.05


@dataclass(frozen=True)
class WrongWay:
    """What became of the margins of paired samples, counted in the direction of most with the same label.

    Attributes:
        samples: Samples with a margin in both arms.
        share: Of them, those that moved against it.
        interval: 95 % interval of the share, by cluster.
        certain: Whether the samples moved at all: the 95 % interval of the mean lies above 0.
        against: Mean of each group that certainly moved against it (level 0.05 over all groups).
    """

    samples: int
    share: float
    interval: Interval
    certain: bool
    against: dict[str, float]


def wrong_way(pairing: Pairing) -> WrongWay | None:
    """Return which samples moved the wrong way; None where fewer than two clusters have margins.

    A threshold that is moved takes all margins along, better judgement takes those with the property one way
    and those without it the other: so each label has a direction of its own, that of its mean.

    Args:
        pairing: The samples in the unsteered and the steered arm.
    """
    both = pairing.only(lambda before, after: None not in (margin(before), margin(after)))
    if len(set(both.clusters)) < 2:
        return None
    changes = moved_along(both)
    flags, mean = [change < 0 for change in changes], mean_interval(changes, both.clusters)
    return WrongWay(
        len(changes),
        fmean(flags),
        share_interval(flags, both.clusters),
        mean.low > 0,
        _groups_against(both, changes),
    )


def moved_along(both: Pairing) -> list[float]:
    """Return how far each margin moved in the direction of most with its label; below 0 is against it.

    Args:
        both: Samples that have a margin in both arms.
    """
    moved = [(margin(after) or 0.0) - (margin(before) or 0.0) for before, after in both.pairs]
    labels = [before.expected for before in both.before]
    signs = {
        label: -1.0 if fmean(one for one, own in zip(moved, labels, strict=True) if own == label) < 0 else 1.0
        for label in set(labels)
    }
    return [signs[label] * one for label, one in zip(labels, moved, strict=True)]


def _groups_against(both: Pairing, changes: list[float]) -> dict[str, float]:
    groups = [before.group for before in both.before]
    names, found = sorted(set(groups), key=natural), {}
    for name in names:
        own = [place for place, group in enumerate(groups) if group == name]
        clusters, moved = [both.clusters[place] for place in own], [changes[place] for place in own]
        if len(set(clusters)) > 1 and mean_interval(moved, clusters, 1 - LEVEL / len(names)).high < 0:
            found[name] = fmean(moved)
    return found
