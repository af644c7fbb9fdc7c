"""Fields of a JSON object that becomes a sample; one that is missing or ill-typed is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.row_kinds import other_kind


def required_text(row: Mapping[str, Any], name: str, where: str) -> str:
    """Return a row's text field.

    Args:
        row: The JSON object.
        name: Of the field.
        where: Names the row in an error: file and line.

    Raises:
        DataError: It is missing, empty or no text.
    """
    if name not in row:
        kind = other_kind(row, [name])
        raise DataError(
            f"{where}: field {name!r} is missing; found {', '.join(map(repr, row)) or 'no field'}"
            f"{f'. These are {kind}' if kind else ''}"
        )
    value = row[name]
    if not isinstance(value, str) or not value:
        raise DataError(f"{where}: field {name!r} is {shown(value)}, expected text that is not empty")
    return value


def shown(value: object) -> str:
    """Return a value as an error shows it, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def checked_label(value: object, where: str) -> int:
    """Return the label when it is the number 0 or 1.

    Raises:
        DataError: It is anything else (text, true, 2, 0.5).
    """
    if isinstance(value, bool) or not isinstance(value, int) or value not in (0, 1):
        raise DataError(f"{where}: field 'label' is {shown(value)}, expected 1 (present) or 0 (absent)")
    return value
