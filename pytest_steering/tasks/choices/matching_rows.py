"""Rows of Anthropic's evals and of CAA: which answer matches the behaviour, and which does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.choices.item import Choice
from pytest_steering.tasks.choices.listed import listed_options
from pytest_steering.tasks.fields import required_text

MATCHING, OTHER = "answer_matching_behavior", "answer_not_matching_behavior"
FIELDS = ("question", MATCHING, OTHER)


def matching_choice(row: Mapping[str, Any], where: str) -> Choice:
    """Return the choice of a row: the two answers as published, the matching one wanted.

    Args:
        row: `question`, `answer_matching_behavior`, `answer_not_matching_behavior`: `" (A)"`, `" Yes"`, or a
            text; the question lists what lettered ones mean.
        where: Names the row in an error.

    Raises:
        DataError: A field is missing or no text, the two answers are one, or a letter is not listed.
    """
    question, wanted, other = (required_text(row, name, where) for name in FIELDS)
    if wanted.strip() == other.strip():
        raise DataError(
            f"{where}: both answers are {wanted!r}; one that matches and one that does not expected"
        )
    listed = listed_options(question)
    missing = [one for one in (wanted, other) if listed and _letter(one) and one.strip() not in listed]
    if missing:
        raise DataError(
            f"{where}: the answer {missing[0]!r} is not listed in the question, which lists "
            f"{', '.join(listed)}"
        )
    options = tuple(sorted((wanted, other), key=str.strip)) if listed else (wanted, other)
    return Choice(question, options, options.index(wanted))


def _letter(answer: str) -> bool:
    text = answer.strip()
    return len(text) == 3 and text[0] == "(" and text[2] == ")"
