"""JSON lines, read strictly: an error names the file, the line and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_kinds import file_kind

_TABLES = {".csv": "read_csv(file)", ".tsv": "read_csv(file, sep='\\t')"}
_AS_LINES = "orient='records', lines=True"
_START = 256


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's number (from 1) and JSON object; blank lines are passed over.

    Raises:
        DataError: The file cannot be opened, or a line is no UTF-8, no JSON (a truncated file ends in such a
            line) or no object.
    """
    for number, line in read_lines(path):
        if line.strip():
            try:
                row = parse_row(line, f"{path}, line {number}")
            except DataError as error:
                raise said_instead(path, error) from error
            yield number, row


def said_instead(path: Path, error: DataError) -> DataError:
    """Return the error that says what a file is, where its content tells that; else the one that was met.

    Args:
        path: Of the file.
        error: What was wrong with its text.
    """
    found = file_kind(path)
    if found:
        return DataError(f"{path} is no JSON: it is {found}")
    table = table_kind(path)
    return DataError(f"{path} is no JSON lines: it is {table}") if table else error


def table_kind(path: Path) -> str:
    """Return what a file of rows is that are not JSON, one a line, and how they become that.

    Args:
        path: Of a file that is no JSON lines.
    """
    if path.suffix in _TABLES:
        return f"a table; make JSON lines of it: pandas.{_TABLES[path.suffix]}.to_json(path, {_AS_LINES})"
    with path.open("rb") as file:
        start = file.read(_START).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        return f"a JSON array; make JSON lines of it: pandas.read_json(file).to_json(path, {_AS_LINES})"
    if start.startswith(b"{") and start[1:].lstrip(b" ").startswith((b"\n", b"\r")):
        return "JSON over several lines; write each object in one line: jq -c . FILE"
    return ""


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line's number (from 1) and bytes, without loading the whole file.

    Raises:
        DataError: The file cannot be opened or read.
    """
    try:
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}; give the path of a file"
        ) from error


def parse_row(line: bytes, where: str) -> dict[str, Any]:
    """Return the JSON object that a line holds.

    Args:
        line: The line's bytes; a byte order mark at its start is passed over.
        where: Names the line in an error.

    Raises:
        DataError: The line is no UTF-8, no JSON or no object.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not JSON ({_reason(error)}); the line may be cut off") from error
    if not isinstance(row, dict):
        raise DataError(f"{where}: found {type(row).__name__}, expected one JSON object a line")
    return row


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "too deeply nested"
    return f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
