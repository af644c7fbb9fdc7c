"""A file of records: one line a cell, added one by one and read whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import FilePart, is_there, lines_of, parts_of
from pytest_steering.file_access.storage import append_line, torn_path
from pytest_steering.line_parts import outcomes_part
from pytest_steering.plain_json import NotJsonError
from pytest_steering.processes import by_processes
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.run_folder.prompt_file import PromptFile
from pytest_steering.run_folder.record_entry import line_hash
from pytest_steering.run_folder.stored_outcomes import NONE, StoredOutcomes

LARGE = 1 << 26
"""Bytes of a file above which the outcomes of its records stay there until they are asked for."""

SHARED, PART = 1 << 27, 1 << 23
"""Bytes of a file from which on several processes read it, as starting them takes a second; and of a part."""

_CUT = "was cut off as it was written"


@dataclass(frozen=True)
class Line:
    """Where a record stands.

    Attributes:
        number: From 1.
        sha256: Of the line without its newline.
    """

    number: int
    sha256: str


@dataclass(frozen=True)
class Recorded:
    """What a file holds.

    Attributes:
        records: In the order they were added.
        torn: A sentence for each line that was cut off as it was written, and is no record for that.
        lines: Where each of the records stands.
        doubts: A sentence on each thing that is not as it was written, and is passed over for that.
        vouched: Whether a ledger vouches for the records.
    """

    records: tuple[Record, ...] = ()
    torn: tuple[str, ...] = ()
    lines: tuple[Line, ...] = field(default=(), compare=False, repr=False)
    doubts: tuple[str, ...] = ()
    vouched: bool = False


def append(path: Path, record: Record) -> None:
    """Add a record to a file and its prompts beside it, complete on the disk when this returns.

    Raises:
        StorageError: It could not be written.
        DataError: It holds a value that JSON does not know.
    """
    line = to_line(record)
    PromptFile(path).keep(record.prompts)
    append_line(path, line)


def require_records(path: Path) -> None:
    """Refuse to add records to a file that was made for something else; one that is not there yet is fine.

    Raises:
        DataError: It begins with a line that is no record, or cannot be read.
    """
    first = next(lines_of(path), b"") if is_there(path) else b""
    try:
        _record(first) if first else None
    except (_TornLineError, DataError) as error:
        told = str(error) or "its first line is none"
        raise DataError(f"{path} is no file of records, and nothing was added to it: {told}") from error


def read(path: Path, *, stored: bool = False, processes: int = 1) -> Recorded:
    """Return the records of a file; lines that a killed process or a full disk tore are named beside them.

    Args:
        path: Of the file.
        stored: Whether outcomes stay there until they are asked for, however small the file is.
        processes: How many may read a file that is worth it.

    Raises:
        DataError: The file cannot be read, or a whole line is no record; the message names file and line.
    """
    size = path.stat().st_size if path.exists() else 0
    read_part = partial(_read, stored=stored or size > LARGE)
    parts = parts_of(path, PART) if size >= SHARED and processes > 1 else (FilePart(path),)
    found = [one for _, one in by_processes(read_part, parts, processes if size >= SHARED else 1)]
    torn = (*(one for part in found for one in part.torn), *_set_aside(path))
    records = tuple(one for part in found for one in part.records)
    return Recorded(records, torn, tuple(one for part in found for one in part.lines))


def _read(part: FilePart, stored: bool) -> Recorded:
    """Return the records of some lines of a file; see `read`."""
    found: list[Record] = []
    lines: list[Line] = []
    torn: list[str] = []
    start = part.start
    for number, line in enumerate(part.lines, part.line):
        try:
            found.append(_stored(line, part.path, number, start) if stored else _record(line))
            lines.append(Line(number, line_hash(line[:-1])))
        except _TornLineError:
            torn.append(f"line {number} of {part.path.name} {_CUT} ({len(line)} bytes) and is passed over")
        except DataError as error:
            raise DataError(f"{part.path}, line {number}: {error}") from error
        start += len(line)
    return Recorded(tuple(found), tuple(torn), tuple(lines))


def _stored(line: bytes, path: Path, number: int, start: int) -> Record:
    """Return a record whose outcomes stay in its file, if where they stand can be told."""
    part = outcomes_part(line)
    if part is None:
        return _record(line)
    head = _record(line[: part.start] + NONE + line[part.stop :])
    outcomes = StoredOutcomes(path, number, start + part.start, part.stop - part.start)
    return replace(head, outcomes=outcomes)


class _TornLineError(Exception):
    """A line that was not written to its end."""


def _record(line: bytes) -> Record:
    if not line.endswith(b"\n"):
        raise _TornLineError
    try:
        return from_line(line)
    except DataError as error:
        # A record begins with a brace; what a power cut left may begin with zeros instead.
        if isinstance(error.__cause__, NotJsonError) and line.lstrip(b"\0").startswith(b"{"):
            raise _TornLineError from error
        raise


def line_hashes(path: Path) -> list[str]:
    """Return the hashes of the whole lines of a file; none where there is no file."""
    lines = lines_of(path) if is_there(path) else ()
    return [line_hash(line[:-1]) for line in lines if line.endswith(b"\n")]


def _set_aside(path: Path) -> Iterator[str]:
    aside = torn_path(path)
    for line in lines_of(aside) if is_there(aside) else ():
        yield f"{aside.name}: a line that {_CUT} ({len(line)} bytes) was set aside"
