"""Options that a question lists behind letters, and the same question with them the other way round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_LISTED = re.compile(
    r"^[ \t]*\((?P<letter>[A-Z])\)[ \t]*(?P<text>.*?)\s*(?=^[ \t]*\([A-Z]\)|\Z)", re.M | re.S
)


class Listed(NamedTuple):
    """One option that a question lists.

    Attributes:
        letter: As it stands there, such as `(A)`.
        text: Behind it.
        start: Where the text begins, in characters of the question.
        end: Where it ends.
    """

    letter: str
    text: str
    start: int
    end: int


def listed_options(question: str) -> dict[str, Listed]:
    """Return the options that a question lists, each on a line of its own behind `(A)`, by letter.

    Args:
        question: The whole text.
    """
    found = (
        Listed(f"({one['letter']})", one["text"], *one.span("text")) for one in _LISTED.finditer(question)
    )
    return {one.letter: one for one in found}


def with_options(question: str, options: Sequence[str]) -> str:
    """Return a question that lists options behind letters.

    Args:
        question: Without them.
        options: Their texts.
    """
    lines = [f" ({letter}) {text.strip()}" for letter, text in zip(LETTERS, options, strict=False)]
    return "\n".join([question, "", "Choices:", *lines])


def reversed_letters(letters: Sequence[str]) -> dict[str, str]:
    """Return which letter each becomes when the options behind them stand in the opposite order.

    Args:
        letters: Such as `(A)` and `(B)`, in any order.
    """
    ordered = sorted(letters)
    return dict(zip(ordered, ordered[::-1], strict=True))


def in_opposite_order(question: str, letters: Sequence[str]) -> str:
    """Return a question whose options stand in the opposite order behind the same letters.

    Args:
        question: Lists them.
        letters: Those whose options are exchanged; others stay where they are.
    """
    listed, becomes = listed_options(question), reversed_letters(letters)
    parts, reached = [], 0
    for one in listed.values():
        other = listed[becomes.get(one.letter, one.letter)]
        parts += [question[reached : one.start], other.text]
        reached = one.end
    return "".join([*parts, question[reached:]])
