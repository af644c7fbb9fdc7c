"""Floats that JSON has no word for.

A float field of a record holds NaN and the infinities as the texts "NaN", "Infinity" and "-Infinity"; a spec
may not hold them at all, because two equal specs must be equal text.
"""

from __future__ import annotations

import math
from typing import Any

NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encoded(value: Any) -> Any:
    """Return plain data with a text in the place of each float that is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    return value


def decoded(row: dict[str, Any], names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return an object of JSON with the floats that its texts stand for.

    Args:
        row: Whose values are floats or texts.
        names: Of the fields that may hold such a float; None where all may.
    """
    return {
        key: NON_FINITE.get(value, value)
        if isinstance(value, str) and (names is None or key in names)
        else value
        for key, value in row.items()
    }
