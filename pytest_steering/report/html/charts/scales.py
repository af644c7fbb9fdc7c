"""From numbers to places and back, and the round numbers that an axis names."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Ends: TypeAlias = tuple[float, float]

MOST_DECIMALS = 12


@dataclass(frozen=True)
class Scale:
    """A linear scale.

    Attributes:
        domain: The numbers at its ends; two different ones, the lower first.
        places: Where they stand.
    """

    domain: Ends
    places: Ends

    def __call__(self, number: float) -> float:
        """Return the place of a number, which is that of an end where it lies beyond it."""
        low, high = self.domain
        share = min(1.0, max(0.0, _share(number, low, high)))
        return self.places[0] + share * (self.places[1] - self.places[0])

    def number(self, place: float) -> float:
        """Return the number at a place."""
        share = (place - self.places[0]) / (self.places[1] - self.places[0])
        return self.domain[0] * (1 - share) + self.domain[1] * share

    def holds(self, number: float) -> bool:
        """Tell whether a number lies between the ends."""
        return self.domain[0] <= number <= self.domain[1]

    def ticks(self, most: int = 6) -> list[float]:
        """Return at most so many numbers between the ends: multiples of 1, 2 or 5 times a power of 10."""
        step = round_step(self.domain, most)
        first, last = math.ceil(self.domain[0] / step - 1e-9), math.floor(self.domain[1] / step + 1e-9)
        digits = _digits(step)
        return [round(place * step, digits) + 0.0 for place in range(first, last + 1)]


def round_step(domain: Ends, most: int) -> float:
    """Return the least of 1, 2 or 5 times a power of 10 of which at most so many multiples lie in a domain.

    Args:
        domain: Two different numbers.
        most: At least 2.
    """
    # Of a domain n steps wide n + 1 multiples may lie in it.
    least = (domain[1] / 2 - domain[0] / 2) / (most - 1) * 2
    power = 10.0 ** math.floor(math.log10(least))
    return next((unit * power for unit in (1, 2, 5) if unit * power >= least * (1 - 1e-9)), 10 * power)


def domain_of(numbers: Iterable[float], least: float = 1e-6, margin: float = 0.04) -> Ends:
    """Return ends around numbers, those that are not finite left out; 0 to 1 without any.

    Args:
        numbers: To be drawn.
        least: The domain is at least so wide, so that equal numbers have a place in its middle.
        margin: Share of the width that is added at either end.
    """
    known = [number for number in numbers if math.isfinite(number)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = max((high - low) * margin, (least - (high - low)) / 2, abs(high) * 1e-9, abs(low) * 1e-9)
    return low - room, high + room


def tick_texts(ticks: Iterable[float]) -> list[str]:
    """Return numbers with the decimals that tell them all apart, and with a minus that is one."""
    known = list(ticks)
    if any(abs(one) >= 1e6 for one in known):
        return [f"{one:.3g}".replace("-", "−") for one in known]
    digits = next(
        (many for many in range(MOST_DECIMALS) if all(abs(round(one, many) - one) < 1e-12 for one in known)),
        MOST_DECIMALS,
    )
    return [f"{one:.{digits}f}".replace("-", "−") for one in known]


def _share(number: float, low: float, high: float) -> float:
    """Return where between two ends a number lies, 0 to 1; ends may be further apart than a float reaches."""
    return (number / 2 - low / 2) / (high / 2 - low / 2)


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step)))
