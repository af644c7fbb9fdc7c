"""The lines that close a run. Everything but the count of loads comes from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pytest_steering.records import Record
from pytest_steering.report.beside import beside_lines
from pytest_steering.report.cells import scored_groups
from pytest_steering.report.flips import flip_lines
from pytest_steering.report.table import table_lines


def closing_lines(records: Sequence[Record], loads: Mapping[str, int], path: Path, width: int) -> list[str]:
    """Return what the terminal says at the end of a run.

    Args:
        records: Of the run, in the order they were written.
        loads: How often each model was loaded, by name.
        path: Of the records.
        width: Of the terminal, in characters.
    """
    lines = report_lines(records, width)
    if loads:
        lines.append(f"{_many(len(loads), 'model')}, {_many(sum(loads.values()), 'load')}")
    if records:
        lines.append(f"{_many(len(records), 'record')}: {path}")
        lines.append(f"See this table again: pytest-steering report {path.parent.name}")
    return lines


def report_lines(records: Iterable[Record], width: int) -> list[str]:
    """Return the table of the scored cells, the samples that flipped, and a line on what was searched.

    Args:
        records: In the order they were written.
        width: Of the terminal, in characters.
    """
    records = list(records)
    groups = scored_groups(records)
    lines = [*table_lines(groups, width), ""] if groups else []
    flips = flip_lines(groups, width)
    return [*lines, *flips, *beside_lines(records, width)]


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
