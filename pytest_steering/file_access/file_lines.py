"""Reading files line by line, whatever lies where one was expected: what cannot be read is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pytest_steering.errors import DataError

LONGEST = 1 << 30
"""Bytes of a line; no cell has as many, while a file of zeros has no newline at all."""


def lines_of(path: Path, longest: int = LONGEST) -> Iterator[bytes]:
    """Yield the lines of a file with their newlines; the last may lack it.

    Raises:
        DataError: The file cannot be read, or a line is longer than any of ours.
    """
    try:
        with path.open("rb") as file:
            while line := file.readline(longest):
                if len(line) == longest and not line.endswith(b"\n"):
                    raise DataError(f"{path} has a line of {longest:,} bytes or more; it is no file of lines")
                yield line
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def is_there(path: Path) -> bool:
    """Tell whether something goes by a name; what cannot be looked at, or is a link to nowhere, does."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
