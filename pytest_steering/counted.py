"""Counts with their noun: one cell, two cells."""

from __future__ import annotations


def counted(count: int, what: str, plural: str = "") -> str:
    """Return a count with its noun, such as `1 cell` and `2,000 cells`.

    Args:
        count: How many.
        what: One of them.
        plural: Several of them, where that is not the noun with an s.
    """
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def have(count: int, what: str, verb: str = "has", verbs: str = "have") -> str:
    """Return a count with its noun and the verb that agrees, such as `1 cell has` and `2 cells have`.

    Args:
        count: How many.
        what: One of them.
        verb: That goes with one.
        verbs: That goes with any other number.
    """
    return f"{counted(count, what)} {verb if count == 1 else verbs}"
