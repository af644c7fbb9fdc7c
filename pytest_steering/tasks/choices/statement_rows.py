"""Rows with a statement and whether it is so: a question about each, answered by one of two words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.choices.item import Choice
from pytest_steering.tasks.fields import checked_label, required_text

FIELDS = ("statement", "label")
YES_OR_NO = (" Yes", " No")


def statement_choice(row: Mapping[str, Any], where: str, question: str) -> Choice:
    """Return the choice of a row: Yes is right where the label is 1, No where it is 0.

    Args:
        row: `statement` and `label`, 1 or 0; as text in a table of commas.
        where: Names the row in an error.
        question: Asked of each statement, such as "Is this statement true?".

    Raises:
        DataError: A field is missing or ill-typed, or there is no question.
    """
    if not question:
        raise DataError(
            f"{where}: a statement with a label needs a question that is asked of it; give from_file "
            "question='Is this statement true?'"
        )
    statement, label = required_text(row, "statement", where), row.get("label")
    found = checked_label(int(label) if label in ("0", "1") else label, where)
    return Choice(f'{question}\n"{statement}"', YES_OR_NO, 1 - found, right=True)
