"""The order in which a person sorts names: by the numbers in them, whatever the names are."""

from __future__ import annotations

import re
from typing import TypeAlias

_DIGITS = re.compile(r"(\d+)")

Key: TypeAlias = "list[tuple[int, int, str]]"


def natural(name: str) -> Key:
    """Return a key to sort names by: numbers by value, the rest as text, numbers first.

    Args:
        name: Any text, such as `part-9` or a film's title.
    """
    parts = (part for part in _DIGITS.split(name) if part)
    return [_number(part) if part.isdecimal() else (1, 0, part) for part in parts]


def _number(digits: str) -> tuple[int, int, str]:
    """Return what sorts a number by its value, however long it is."""
    plain = digits.lstrip("0")
    return 0, len(plain), plain
