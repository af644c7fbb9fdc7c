"""Rows with a list of options and the right or the wanted one among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.choices.item import Choice
from pytest_steering.tasks.choices.listed import LETTERS, with_options
from pytest_steering.tasks.fields import required_text, shown

LISTS = ("options", "choices")
RIGHT = ("answer", "label", "right")
WANTED = "wanted"
FIELDS = ("question", *LISTS, *RIGHT, WANTED)

_LETTER = re.compile(r"\s*\(?([A-Z])[).]?\s*")


def option_choice(row: Mapping[str, Any], where: str, by: str) -> Choice:
    """Return the choice of a row.

    Args:
        row: `question`; `options` or `choices`, a list of at least two texts; and the right one as `answer`,
            `label` or `right`, or one that is wanted and not right as `wanted`: its number from 0, its text,
            or its letter.
        where: Names the row in an error.
        by: `letter` lists the options in the question and has a letter answered; `text` has one of their
            texts answered, which the question does not name.

    Raises:
        DataError: A field is missing, or is not what is expected.
    """
    question, texts = required_text(row, "question", where), _texts(row, where)
    right = [name for name in RIGHT if row.get(name) is not None]
    said = right or [name for name in (WANTED,) if row.get(name) is not None]
    if len(said) != 1:
        raise DataError(
            f"{where}: {'several fields say' if said else 'no field says'} which option is meant "
            f"({', '.join(said) or 'found ' + ', '.join(map(repr, row))}); give one of {', '.join(RIGHT)} "
            f"where it is right, or {WANTED} where it is what a behaviour would choose"
        )
    chosen = _place(row[said[0]], texts, f"{where}: field {said[0]!r}")
    if by == "text":
        return Choice(question, tuple(f" {text.strip()}" for text in texts), chosen, bool(right))
    letters = tuple(f" ({letter})" for letter in LETTERS[: len(texts)])
    return Choice(with_options(question, texts), letters, chosen, bool(right))


def _texts(row: Mapping[str, Any], where: str) -> list[str]:
    texts: Any = next((row[one] for one in LISTS if row.get(one) is not None), None)
    fits = isinstance(texts, list) and all(isinstance(one, str) and one.strip() for one in texts)
    if not fits or not 2 <= len(texts) <= len(LETTERS):
        raise DataError(
            f"{where}: {' or '.join(map(repr, LISTS))} is {shown(texts)}, expected a list of 2 to "
            f"{len(LETTERS)} texts"
        )
    if len({one.strip() for one in texts}) < len(texts):
        raise DataError(f"{where}: two of the options are the same text, {shown(texts)}")
    return list(texts)


def _place(value: object, texts: Sequence[str], where: str) -> int:
    """Return which option a value names: by its text before its letter, or by its number from 0."""
    if isinstance(value, str):
        known = [text.strip() for text in texts]
        if value.strip() in known:
            return known.index(value.strip())
        letter = _LETTER.fullmatch(value)
        place = LETTERS.index(letter[1]) if letter else len(texts)
    else:
        place = value if isinstance(value, int) and not isinstance(value, bool) else len(texts)
    if not 0 <= place < len(texts):
        raise DataError(
            f"{where} is {shown(value)}, expected one of the options' texts, a letter from A to "
            f"{LETTERS[len(texts) - 1]}, or a number from 0 to {len(texts) - 1}"
        )
    return place
