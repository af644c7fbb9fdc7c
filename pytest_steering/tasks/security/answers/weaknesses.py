"""Weaknesses by key, by CWE number, and which of them an answer may mean by the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_steering.tasks.security.answers.weakness_table import TABLE


@dataclass(frozen=True)
class Weakness:
    """One weakness as people speak of it.

    Attributes:
        key: Short identifier.
        cwes: CWE numbers that mean this weakness, the most usual one first.
        names: The usual name first, then synonyms.
        families: Wider groups; two weaknesses of one family are not told apart when an answer is read.
    """

    key: str
    cwes: tuple[int, ...]
    names: tuple[str, ...]
    families: tuple[str, ...] = ()


def _listed() -> Iterator[Weakness]:
    for block in re.split(r"\n(?=\S)", TABLE.strip()):
        head, names = block.split("\n", 1)
        key, cwes, families = (part.strip() for part in head.ljust(len(head) + 1).split("|"))
        listed = tuple(" ".join(name.split()) for name in names.split(","))
        yield Weakness(key, tuple(map(int, cwes.split())), listed, tuple(families.split()))


WEAKNESSES = tuple(_listed())
BY_KEY = {weakness.key: weakness for weakness in WEAKNESSES}
BY_CWE = {number: weakness.key for weakness in WEAKNESSES for number in weakness.cwes}

CWE_NUMBER = re.compile(r"\bcwe[ _-]?0{0,3}(\d{1,4})\b", re.IGNORECASE)

UNLISTED = "a weakness that is not in the table"
"""Key of a CWE number without an entry; it is the same as no other weakness."""

_GENERIC = ("injection", "overflow")


def weakness_of_cwe(cwe: str) -> str | None:
    """Return the key of a CWE such as `CWE-89`; None when the table does not hold it."""
    found = CWE_NUMBER.search(cwe)
    return BY_CWE.get(int(found[1])) if found else None


def same_weakness(one: str, other: str) -> bool:
    """Tell whether two keys may mean the same weakness, one perhaps in wider words than the other."""
    if one == other or UNLISTED in (one, other):
        return one == other
    families = set(BY_KEY[one].families) & set(BY_KEY[other].families)
    if one in _GENERIC or other in _GENERIC:
        return bool(families)
    return bool(families - set(_GENERIC))


def related(keys: frozenset[str], wanted: frozenset[str]) -> bool:
    """Tell whether what is said of some weaknesses may be said of those wanted; none stands for any."""
    if not keys or not wanted:
        return True
    return any(same_weakness(key, one) for key in keys for one in wanted)
