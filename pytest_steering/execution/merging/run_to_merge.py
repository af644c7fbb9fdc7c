"""A run that is to be merged: which records it has, without what they hold, so that many fit into memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.execution.merging.agreement import Settings, settings_of
from pytest_steering.file_access.file_lines import lines_of
from pytest_steering.identity import SCORE
from pytest_steering.non_finite import encoded
from pytest_steering.records import Record, from_line
from pytest_steering.run_folder import ledger
from pytest_steering.run_folder.cell import newest_cells
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.record_entry import RECORD, outcomes_hash, record_entry
from pytest_steering.run_folder.record_file import Line
from pytest_steering.run_folder.runs import RECORDS, Run

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A record that is to be merged.

    Attributes:
        key: Of its cell.
        line: Where it stands in its file.
        entry: What a ledger says of it.
        vouched: Whether the ledger of its run does.
    """

    key: str
    line: Line
    entry: Content
    vouched: bool

    @property
    def name(self) -> str:
        """What a person knows the cell by."""
        purpose = str(self.entry.get("purpose", ""))
        arm = self.entry["arm"] if purpose in ("", SCORE) else purpose
        return f"{arm} of {self.entry['test'] or self.entry['experiment']} on {self.entry['model']}"


@dataclass(frozen=True)
class Source:
    """A run that is to be merged.

    Attributes:
        run: Its files.
        manifest: What it was to run and how that ended.
        rows: Its records, in their order.
        settings: What its records say of how they were made.
        doubts: A sentence on each record that is not as it was written; such are left out.
    """

    run: Run
    manifest: Manifest
    rows: tuple[Row, ...]
    settings: Settings
    doubts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a person knows the run by: its folder, or the file where others lie beside it."""
        return self.run.folder.name if self.run.path.name == RECORDS else self.run.path.name

    @property
    def order(self) -> tuple[int, str]:
        """Its place among others, whatever order they are named in."""
        return (self.manifest.shard.number if self.manifest.shard else 0), self.name

    def lines(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """Yield lines of the file of records as they stand there.

        Raises:
            DataError: The file was written to since it was read.
        """
        wanted = {row.line.number: row.line.sha256 for row in rows}
        for number, line in enumerate(lines_of(self.run.path), 1) if wanted else ():
            if number in wanted:
                if hashlib.sha256(line[:-1]).hexdigest() != wanted[number]:
                    raise DataError(f"{self.run.path} was written to as it was read; let its run end first")
                yield line

    def said(self, rows: Sequence[Row]) -> dict[str, str]:
        """Return a hash of all that records say but how long that took, by the keys of their cells.

        Args:
            rows: Of the records.
        """
        placed = sorted(rows, key=lambda row: row.line.number)
        return {row.key: _said(from_line(line)) for row, line in zip(placed, self.lines(rows), strict=True)}


def read_source(run: Run) -> Source:
    """Return a run that is to be merged.

    Raises:
        DataError: It cannot be read.
    """
    found, manifest = run.read(stored=True), run.manifest
    entries = ledger.contents(run.ledger_path) if found.vouched else ()
    noted = {str(one["record"]): one for one in entries if one.get("kind") == RECORD}
    rows = tuple(_row(line, record, noted) for line, record in zip(found.lines, found.records, strict=True))
    newest = [cell.record for cell in newest_cells(found.records).values()]
    return Source(run, manifest, rows, settings_of(newest), found.doubts)


def _row(line: Line, record: Record, noted: Mapping[str, Content]) -> Row:
    known = noted.get(line.sha256)
    entry = known or {**record_entry(record, ""), "record": line.sha256}
    return Row(record.key, line, entry, known is not None)


def _said(record: Record) -> str:
    outcomes = outcomes_hash(record)
    parts = [record.decided_by, encoded(record.metrics), record.evidence, record.counts, outcomes]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
