"""Which words of an answer are marked as those that decided: those alone that its record names within it."""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.records import Outcome


class Evidence(NamedTuple):
    """The marks of an answer.

    Attributes:
        marks: First character and the one behind the last, in the units that a browser counts a text in, by
            what they decided.
        lost: How many places lie outside the answer, so that nobody can tell which words are meant.
    """

    marks: dict[str, list[list[int]]]
    lost: int


def evidence_of(outcome: Outcome) -> Evidence:
    """Return what is marked in an answer.

    Args:
        outcome: With the places that its record names.
    """
    text, lost, marks = outcome.response, 0, dict[str, list[list[int]]]()
    for name, spans in outcome.spans.items():
        for first, behind in spans:
            if first < behind <= len(text):
                marks.setdefault(name, []).append([_units(text[:first]), _units(text[:behind])])
            else:
                lost += 1
    return Evidence(marks, lost)


def _units(text: str) -> int:
    """Return the length of a text in UTF-16, in which scripts count: a rare character has two units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
