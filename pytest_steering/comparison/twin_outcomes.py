"""Twins: two samples that differ in the label alone. Are they told apart, or are both called the same?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pytest_steering.comparison.outcomes import absent, margin, present
from pytest_steering.records import Outcome

KINDS = {("yes", "no"): "P-C", ("yes", "yes"): "P-V", ("no", "no"): "P-B", ("no", "yes"): "P-R"}
UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Twins:
    """The twin pairs of an arm.

    Attributes:
        complete: Each pair as (present, absent).
        incomplete: Pair ids without exactly one sample of each label, sorted.
    """

    complete: tuple[tuple[Outcome, Outcome], ...]
    incomplete: tuple[str, ...]

    @cached_property
    def kinds(self) -> list[str]:
        """What became of each pair.

        P-C: both right; P-V: both answered yes; P-B: both answered no; P-R: both wrong (Ding et al. 2024,
        *Vulnerability Detection with Code Language Models: How Far Are We?*); pairs that were not wholly
        answered are kept apart.
        """
        return [KINDS.get((one.predicted, other.predicted), UNANSWERED) for one, other in self.complete]

    @cached_property
    def rankings(self) -> list[float | None]:
        """For each pair 1 where the present twin has the higher margin, ½ at a tie; None without margins."""
        return [_ranking(margin(one), margin(other)) for one, other in self.complete]


def twins(outcomes: Iterable[Outcome]) -> Twins:
    """Put twins together, by the id of their pair."""
    members: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.pair_id is not None:
            members.setdefault(one.pair_id, []).append(one)
    found = {name: pair for name, own in members.items() if (pair := _pair(own))}
    return Twins(tuple(found.values()), tuple(sorted(members.keys() - found.keys())))


def _pair(members: list[Outcome]) -> tuple[Outcome, Outcome] | None:
    yes, no = ([one for one in members if label(one)] for label in (present, absent))
    return (yes[0], no[0]) if len(members) == 2 and len(yes) == len(no) == 1 else None


def _ranking(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None
    return (one > other) + 0.5 * (one == other)
