"""How numbers are computed: each kind says its value and its weighted form, for the bootstrap, in one place.

A weighted form takes weights [resamples, samples] over the samples that ran and gives one value a resample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.outcomes import Property, everyone
from pytest_steering.records import Outcome
from pytest_steering.statistics import mean_of

if TYPE_CHECKING:
    from pytest_steering.statistics import Statistic


class Quantity(Protocol):
    """What a metric computes."""

    def value(self, facts: Facts, /) -> float | None:
        """Return the number on the samples as they are; it is asked only where no gap applies."""


@runtime_checkable
class Weighted(Quantity, Protocol):
    """A number over samples that can be drawn again: it has an interval, and a paired difference."""

    def weighted(self, facts: Facts, /) -> Statistic:
        """Return the number as a function of sample weights; not-a-number where it is undefined."""


@dataclass(frozen=True)
class Plain:
    """A number that is taken as it is, without an interval.

    Attributes:
        of: Computes it.
    """

    of: Callable[[Facts], float | None]

    def value(self, facts: Facts) -> float | None:
        """Return it."""
        return self.of(facts)


@dataclass(frozen=True)
class Carried:
    """A number that rises with another one, whose interval goes over end by end.

    Attributes:
        metric: Name of the other one.
        source: Computes it.
        through: From the other one to this one; None where that is not finite.
    """

    metric: str
    source: Quantity
    through: Callable[[float], float | None]

    def value(self, facts: Facts) -> float | None:
        """Return the other number, carried over."""
        found = self.source.value(facts)
        return None if found is None else self.through(found)


@dataclass(frozen=True)
class Share:
    """A share of samples.

    Attributes:
        part: Samples that are counted.
        among: Samples that they are counted among; all where nothing is said.
    """

    part: Property
    among: Property = everyone

    def counted(self, facts: Facts) -> tuple[int, int]:
        """Return how many samples are counted, and among how many."""
        among = [one for one in facts.ran if self.among(one)]
        return sum(map(self.part, among)), len(among)

    def value(self, facts: Facts) -> float | None:
        """Return the share."""
        part, among = self.counted(facts)
        return part / among if among else None

    def weighted(self, facts: Facts) -> Statistic:
        """Return the share of the weight."""
        among = facts.array(self.among)
        part = among * facts.array(self.part)
        return lambda weights: weights @ part / (weights @ among)


@dataclass(frozen=True)
class Balanced:
    """The mean of two shares, one of each class.

    Attributes:
        one: Of the one class.
        other: Of the other.
    """

    one: Share
    other: Share

    def value(self, facts: Facts) -> float | None:
        """Return the mean."""
        one, other = self.one.value(facts), self.other.value(facts)
        return None if one is None or other is None else (one + other) / 2

    def weighted(self, facts: Facts) -> Statistic:
        """Return the mean of both weighted shares."""
        one, other = self.one.weighted(facts), self.other.weighted(facts)
        return lambda weights: (one(weights) + other(weights)) / 2


@dataclass(frozen=True)
class Mean:
    """The mean of a number over the samples that have it.

    Attributes:
        of: The number of a sample; None where it has none.
    """

    of: Callable[[Outcome], float | None]

    def value(self, facts: Facts) -> float | None:
        """Return the mean."""
        known = [number for one in facts.ran if (number := self.of(one)) is not None]
        return fmean(known) if known else None

    def weighted(self, facts: Facts) -> Statistic:
        """Return the weighted mean."""
        return weighted_mean([self.of(one) for one in facts.ran], range(len(facts.ran)))


def weighted_mean(numbers: Sequence[float | None], places: Sequence[int]) -> Statistic:
    """Return the mean of numbers, over those that are known, as a statistic.

    Args:
        numbers: Some of them None.
        places: Of the sample whose weight each has.
    """
    known = [(place, number) for place, number in zip(places, numbers, strict=True) if number is not None]
    where, mean = [place for place, _ in known], mean_of([number for _, number in known])
    return lambda weights: mean(weights[:, where])
