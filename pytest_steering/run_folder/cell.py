"""Of several records of one cell, the newest counts; what it takes the place of is kept to be named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pytest_steering.counted import counted
from pytest_steering.identity import changes
from pytest_steering.records import Record, to_line


@dataclass(frozen=True)
class Cell:
    """One cell of a run.

    Attributes:
        record: The newest.
        earlier: What it takes the place of: records of the cell from before the run was gone on with, or
            that failed. Those that say the same are left out.
        rivals: Records of other content that were made under the same key in the same going: nobody can tell
            which of them is the cell.
    """

    record: Record
    earlier: tuple[Record, ...] = ()
    rivals: tuple[Record, ...] = ()

    @property
    def remeasured(self) -> str:
        """A sentence on what it takes the place of; empty where that is nothing."""
        if not self.earlier:
            return ""
        differences = _differences(self.earlier, self.record)
        return f"measured anew ({counted(len(self.earlier), 'earlier record')}): {differences}"

    @property
    def collision(self) -> str:
        """A sentence on its rivals; empty where there are none."""
        if not self.rivals:
            return ""
        return f"{len(self.rivals) + 1} records of one cell differ: {_differences(self.rivals, self.record)}"


def newest_cells(records: Iterable[Record]) -> dict[str, Cell]:
    """Return the cells of a run by key, in order of appearance.

    Args:
        records: In the order they were written.
    """
    cells: dict[str, list[Record]] = {}
    for record in records:
        cells.setdefault(record.key, []).append(record)
    return {key: _cell(every) for key, every in cells.items()}


def says_the_same(record: Record, known: Record) -> bool:
    """Tell whether a record repeats a known one in all but how long it took."""
    return to_line(replace(record, attempt=known.attempt, latency=known.latency)) == to_line(known)


def _cell(every: list[Record]) -> Cell:
    *before, newest = every
    groups: dict[bool, list[Record]] = {True: [], False: []}
    for one in before:
        if _content(one) != _content(newest):
            groups[one.attempt == newest.attempt and not one.failed].append(one)
    return Cell(newest, tuple(groups[False]), tuple(groups[True]))


def _content(record: Record) -> tuple[Any, ...]:
    return record.decided_by, record.outcomes, record.metrics, record.failed


def _differences(before: Iterable[Record], now: Record) -> str:
    found = [change for one in before for change in changes(one.decided_by, now.decided_by)]
    found += ["an earlier one failed"] if any(one.failed for one in before) else []
    return ", ".join(dict.fromkeys(found)) or "what was found differs, though nothing that decides it does"
