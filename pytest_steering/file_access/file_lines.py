"""Reading files line by line, whatever lies where one was expected: what cannot be read is said."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pytest_steering.errors import DataError

LONGEST = 1 << 30
"""Bytes of a line; no cell has as many, while a file of zeros has no newline at all."""


class FilePart(NamedTuple):
    """Some of the lines of a file, one after the other.

    Attributes:
        path: Of the file.
        start: Where the first of them begins, in bytes.
        stop: Where the last of them ends; None for the file's end, wherever that is by then.
        line: Number of the first.
    """

    path: Path
    start: int = 0
    stop: int | None = None
    line: int = 1

    @property
    def lines(self) -> Iterator[bytes]:
        """Its lines; see `lines_of`."""
        left = sys.maxsize if self.stop is None else self.stop - self.start
        for line in _lines(self.path, self.start, LONGEST):
            if left <= 0:
                return
            left -= len(line)
            yield line


def parts_of(path: Path, size: int) -> Iterator[FilePart]:
    """Yield a file as parts of whole lines.

    Args:
        path: Of the file.
        size: Bytes of a part, beside the rest of its last line.

    Raises:
        DataError: As `lines_of` does.
    """
    start, stop, first, number = 0, 0, 1, 0
    for number, line in enumerate(lines_of(path), 1):
        stop += len(line)
        if stop - start >= size:
            yield FilePart(path, start, stop, first)
            start, first = stop, number + 1
    if stop > start:
        yield FilePart(path, start, stop, first)


def lines_of(path: Path, longest: int = LONGEST) -> Iterator[bytes]:
    """Yield the lines of a file with their newlines; the last may lack it.

    Raises:
        DataError: The file cannot be read, or a line is longer than any of ours.
    """
    return _lines(path, 0, longest)


def _lines(path: Path, start: int, longest: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            if start:
                file.seek(start)
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
