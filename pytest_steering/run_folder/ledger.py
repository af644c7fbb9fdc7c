"""The ledger of a run: what was recorded and accepted, each entry sealed with the hash of the one before.

It shows that something was changed by hand afterwards, on a line of it or of the records that it vouches for.
It is not signed: whoever writes all of it anew, and the hash in `run.json` with it, is not found out by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import lines_of
from pytest_steering.file_access.storage import append_line
from pytest_steering.plain_json import parsed

START = ""
"""What the first entry of a ledger follows."""


@dataclass(frozen=True)
class Entry:
    """One line of a ledger.

    Attributes:
        content: What was done; `kind` says which of the things that are noted it is.
        sha256: Of the entry before and the content.
    """

    content: Mapping[str, Any]
    sha256: str

    @property
    def kind(self) -> str:
        """What was done, in a word: `begun`, `record`, `manifest` or `accepted`."""
        return str(self.content.get("kind", ""))


@dataclass(frozen=True)
class Ledger:
    """What a ledger says.

    Attributes:
        entries: Those that vouch for something, in their order; none that stands before a break of the chain
            or before it was begun anew.
        faults: A sentence on each line that is not as it was written.
    """

    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()

    def of(self, kind: str) -> list[Entry]:
        """Return the entries of a kind."""
        return [entry for entry in self.entries if entry.kind == kind]

    def holds(self, sha256: str) -> bool:
        """Tell whether an entry has this hash."""
        return any(entry.sha256 == sha256 for entry in self.entries)


def append(path: Path, content: Mapping[str, Any], first: Callable[[], Mapping[str, Any]]) -> str:
    """Add an entry behind the last one, complete on the disk when this returns; return its hash.

    Args:
        path: Of the ledger.
        content: Plain JSON.
        first: Gives what opens the ledger where this is its first entry.

    Raises:
        StorageError: It could not be written.
        DataError: The last line of the ledger is no entry.
    """
    sealed = ""

    def lines(last: bytes) -> str:
        nonlocal sealed
        before = _row(last)["sha256"] if last else START
        contents = [content] if last else [first(), content]
        written = list(chained(contents, before))
        sealed = written[-1][1]
        return "\n".join(line for line, _ in written)

    append_line(path, lines)
    return sealed


def chained(contents: Iterable[Mapping[str, Any]], before: str = START) -> Iterator[tuple[str, str]]:
    """Yield the line of each entry, without its newline, and the entry's hash.

    Args:
        contents: Plain JSON; of a whole ledger the first says that it begins.
        before: Hash of the entry that they follow.
    """
    for content in contents:
        sealed = _seal(before, content)
        yield _text({"content": content, "previous": before, "sha256": sealed}), sealed
        before = sealed


def read(path: Path) -> Ledger:
    """Return what a ledger says.

    Where two processes that nothing keeps apart go on from one entry, both are entries.

    Raises:
        DataError: The file cannot be read.
    """
    known, faults = {START}, list[str]()
    entries: list[Entry] = []
    for number, line in enumerate(_whole_lines(path), 1):
        try:
            row = _row(line)
            sealed, follows = (
                _seal(row["previous"], row["content"]) == row["sha256"],
                row["previous"] in known,
            )
        except DataError as error:
            faults.append(f"line {number} of {path.name}: {error}")
            continue
        if row["sha256"] in known:
            faults.append(f"line {number} of {path.name} stands there a second time")
            continue
        known.add(row["sha256"])
        if not (sealed and follows):
            entries.clear()
            faults.append(f"line {number} of {path.name} {_broken(sealed)}; no entry before it counts")
        if row["content"].get("kind") == "begun":
            entries.clear()
        if sealed:
            entries.append(Entry(row["content"], row["sha256"]))
    return Ledger(tuple(entries), tuple(faults))


def contents(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what each entry says, whether or not the chain holds; what is no entry is passed over.

    Args:
        path: Of a ledger.
    """
    for line in _whole_lines(path):
        try:
            yield _row(line)["content"]
        except DataError:
            continue


def _broken(sealed: bool) -> str:
    return "follows no entry that is there" if sealed else "is not as it was written"


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = parsed(line)
        if isinstance(row["content"], dict) and isinstance(row["previous"], str) and row["sha256"]:
            return {**row, "sha256": str(row["sha256"])}
    except (DataError, KeyError, TypeError):
        pass
    raise DataError("not an entry of a ledger")


def _seal(before: str, content: Mapping[str, Any]) -> str:
    return hashlib.sha256((before + _text(content)).encode()).hexdigest()


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _whole_lines(path: Path) -> Iterator[bytes]:
    return (line for line in lines_of(path) if line.endswith(b"\n"))
