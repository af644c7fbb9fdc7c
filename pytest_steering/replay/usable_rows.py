"""The lines of a file of recorded answers as JSON objects; one that cannot be used says why, in two words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.progress.progress import counted
from pytest_steering.progress.progress_text import BYTES
from pytest_steering.tasks.fields import shown
from pytest_steering.tasks.jsonlines import parse_row, read_lines


class UnusableError(Exception):
    """A line, or a part of one, that cannot be used.

    Attributes:
        kind: In two or three words, for counting.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def written_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number (from 1) and the bytes of each line that is not blank.

    Raises:
        DataError: The file cannot be opened.
    """
    with counted(_size(path), BYTES) as advance:
        for number, line in read_lines(path):
            advance(len(line))
            if line.strip():
                yield number, line


def _size(path: Path) -> int:
    """Return how many bytes a file has; what cannot be read is said when it is."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def row_of(line: bytes, number: int) -> dict[str, Any]:
    """Return the JSON object that a line holds.

    Raises:
        UnusableError: It holds none.
    """
    try:
        return parse_row(line, f"line {number}")
    except DataError as error:
        kinds = {UnicodeDecodeError: "wrong encoding", JSONDecodeError: "truncated or no JSON"}
        kind = kinds.get(type(error.__cause__), "no JSON object")
        # Whoever lists problems names their lines.
        raise UnusableError(kind, str(error).removeprefix(f"line {number}: ")) from error


def name_in(row: Mapping[str, Any], field: str) -> str:
    """Return a name that a row has; empty where it has none.

    Raises:
        UnusableError: It is neither text nor a whole number.
    """
    value = row.get(field)
    if value is not None and not isinstance(value, (str, int)):
        raise UnusableError("ill-typed field", f"field {field!r} is {type(value).__name__}, expected text")
    return "" if value is None else str(value)


def number_in(row: Mapping[str, Any], field: str) -> float | None:
    """Return a number that a row has; None where it has none.

    Raises:
        UnusableError: It is no number.
    """
    value = row.get(field)
    return None if value is None else as_number(value, field)


def as_number(value: object, field: str) -> float:
    """Return a value that is a number.

    Args:
        value: From a row.
        field: Names it in the error.

    Raises:
        UnusableError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        raise UnusableError(
            "ill-typed field",
            f"field {field!r} is no number ({shown(value)}); leave it out where there is none",
        )
    return float(value)
