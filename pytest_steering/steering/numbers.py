"""Numbers as users give them: Python's own, numpy's, and tensors of one entry."""

from __future__ import annotations

import math
import operator
from typing import Any

from pytest_steering.errors import VectorError


def whole_number(given: Any) -> int | None:
    """Return a whole number of any library as an `int`; None for anything else, truth values among them."""
    if "bool" in str(getattr(given, "dtype", type(given).__name__)):
        return None
    try:
        return operator.index(given)
    except TypeError:
        return None


def finite_number(given: Any, called: str) -> float:
    """Return a real number of any library as a `float`.

    Args:
        given: The number.
        called: What the message calls it.

    Raises:
        VectorError: It is no number, NaN or infinite.
    """
    try:
        number = math.nan if isinstance(given, str | bytes) else float(given)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        number = math.nan
    if not math.isfinite(number):
        raise VectorError(f"{called} {_shown(given)} is not a finite number")
    return number


def _shown(given: object) -> str:
    """Return a number as it is, and what is none by its type: a tensor's text has many lines."""
    said = repr(given)
    return said if len(said) < 40 and "\n" not in said else type(given).__name__
