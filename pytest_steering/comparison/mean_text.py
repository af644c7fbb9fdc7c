"""Means and their changes in words, with as many digits as their spread gives a meaning to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import pstdev

from pytest_steering.comparison.mean_change import MeanChange

MOST_DIGITS = 6


def digits_of(numbers: Iterable[float]) -> int:
    """Return how many decimals tell a tenth of the standard deviation of some numbers; 2 without any.

    Args:
        numbers: Whose mean is shown.
    """
    spread = pstdev(known) if (known := list(numbers)) else 0.0
    return min(MOST_DIGITS, max(0, 1 - math.floor(math.log10(spread)))) if spread else 2


def number_text(number: float, digits: int, sign: str = "-") -> str:
    """Return a number without the zero before its point, and with a minus that is one.

    Args:
        number: The number.
        digits: Decimals.
        sign: `+` where a number above 0 has a sign as well.
    """
    whole, point, decimals = f"{number:{sign}.{digits}f}".partition(".")
    bare = whole[:-1] if point and whole.lstrip("+-") == "0" else whole
    return f"{bare}{point}{decimals}".replace("-", "−")


def change_text(change: MeanChange) -> str:
    """Return such as `.71 → .48, −.23 [−.31, −.15]`: both means, their change, its 95 % interval.

    Args:
        change: Over at least one sample; one cluster has no interval.
    """
    before, after = (number_text(number, _digits(change)) for number in change.means)
    return f"{before} → {after}, {moved_text(change)}"


def moved_text(change: MeanChange) -> str:
    """Return such as `−.23 [−.31, −.15]`; see `change_text`."""
    moved = number_text(change.mean, _digits(change), "+")
    if len(set(change.clusters)) < 2 and not change.counted:
        return moved
    low, high = (number_text(end, _digits(change), "+") for end in change.interval)
    return f"{moved} [{low}, {high}]"


def _digits(change: MeanChange) -> int:
    return digits_of((*change.before, *change.after))
