"""Numbers as the figures and their tables write them."""

from __future__ import annotations

import math

from pytest_steering.comparison import Estimate
from pytest_steering.comparison.mean_text import number_text

NONE = "–"


def decimals(width: float) -> int:
    """Return how many decimals tell a hundredth of a width."""
    return 2 if not width or not math.isfinite(width) else min(6, max(0, 2 - math.floor(math.log10(width))))


def told(number: float | None, digits: int = 2, sign: str = "-") -> str:
    """Return a number, or a dash where it is none.

    Args:
        number: The number.
        digits: Decimals.
        sign: `+` where a number above 0 has a sign as well.
    """
    if number is None or math.isnan(number):
        return NONE
    # What is 0 as far as is shown has no sign.
    return "0" if round(number, digits) == 0 else number_text(number, digits, sign).replace("inf", "∞")


def with_interval(found: Estimate, digits: int = 2, sign: str = "-") -> str:
    """Return a number with its 95 % interval, such as `+.23 [+.15, +.31]`."""
    if found.value is None:
        return NONE
    number = told(found.value, digits, sign)
    ends = [told(end, digits, sign) for end in found.interval]
    return number if NONE in ends else f"{number} [{ends[0]}, {ends[1]}]"
