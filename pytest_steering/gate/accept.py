"""Accepting what a run found as the baseline of the next."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pytest_steering.gate.accepted_text import accepted_lines
from pytest_steering.gate.baseline import read_baseline, write_baseline
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_files import Files, Place, baseline_path, places, read_files
from pytest_steering.gate.cell_entry import entry_of
from pytest_steering.gate.committed_files import CommittedFiles
from pytest_steering.gate.failed_cells import FailedCell
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.predecessor import orphans, predecessor
from pytest_steering.gate.replacement import SAY_WHY, Replacement, same_cell, shown

Told: TypeAlias = tuple[str, tuple[str, ...]]
"""What is said of a cell, and what stands below."""


@dataclass(frozen=True)
class Wanted:
    """What may be written.

    Attributes:
        changed: Cells that have a baseline already.
        new: Cells that have none.
        prune: Baselines that no test makes any more are removed.
        reason: Why lower numbers are accepted, and picked ones; without one they are not.
        picked: Says of a cell that it was picked from several results; nothing where it was not.
    """

    changed: bool = False
    new: bool = False
    prune: bool = False
    reason: str = ""
    picked: Callable[[Measured], str] = lambda _cell: ""

    @property
    def anything(self) -> bool:
        """Whether anything may be written."""
        return self.changed or self.new or self.prune


@dataclass(frozen=True)
class Accepted:
    """What was written.

    Attributes:
        lines: What a person is told: old → new for each cell.
        samples: Of each of these lines, what stands below it: which samples turned, and why it was accepted.
        refused_cells: Cells that were not accepted, and why.
        written: Files that changed.
    """

    lines: tuple[str, ...]
    refused_cells: tuple[FailedCell, ...]
    written: tuple[Path, ...]
    samples: tuple[tuple[str, ...], ...] = ()

    @property
    def told(self) -> Iterator[str]:
        """Every line, with what stands below it."""
        for line, below in zip(self.lines, self.samples, strict=True):
            yield from (line, *below)

    @property
    def next_step(self) -> Iterator[str]:
        """Which files a person reviews and commits, where any were written."""
        if len(self.written) == 1:
            yield f"written: {_near(self.written[0])}; review its diff and commit it"
        elif self.written:
            folder = Path(os.path.commonpath([path.parent for path in self.written]))
            yield f"written: {len(self.written)} files in {_near(folder)}; review their diff and commit them"

    @property
    def refused(self) -> tuple[str, ...]:
        """Sentences on cells that were not accepted."""
        return tuple(line for one in self.refused_cells for line in one.lines)


def accept(
    cells: Sequence[Measured],
    folder: Path,
    wanted: Wanted,
    orphaned: Mapping[Path, Sequence[str]],
    regressed: Collection[str] = (),
) -> Accepted:
    """Write cells as baselines.

    Args:
        cells: Of one run.
        folder: Holds `<family>/<experiment>.json`.
        wanted: What may be written.
        orphaned: Keys that may be removed, by file.
        regressed: Keys of the cells that got worse, by whatever the gate judges.

    Raises:
        DataError: A file is no baseline.
    """
    removable = orphaned if wanted.prune else {}
    files = {**read_files(folder, cells), **{path: read_baseline(path) for path in removable}}
    before = {path: dict(entries) for path, entries in files.items()}
    lines: list[Told] = []
    refused: list[FailedCell] = []
    standing, left, committed = places(files, cells), orphans(orphaned), CommittedFiles()
    for one in sorted(cells, key=lambda one: baseline_path(folder, one.record)):
        place = Place(baseline_path(folder, one.record), entry_of(one.record, one.unsteered, one.gated))
        known = standing.get(place.entry.key)
        before_it = known.entry if known else predecessor(place.entry, place.path, left, committed)
        change = Replacement(one, place, known, before_it, worse=one.key in regressed)
        told, kept_back = _taken(files, change, wanted)
        lines += told
        refused += [FailedCell(one, (kept_back,))] if kept_back else []
    for path, keys in removable.items():
        lines += [(line, ()) for line in _pruned(files[path], keys)]
    written = [path for path, entries in files.items() if entries != before[path]]
    for path in written:
        write_baseline(path, files[path])
    heads, below = tuple(line for line, _ in lines), tuple(rest for _, rest in lines)
    return Accepted(heads, tuple(refused), tuple(written), below)


def _taken(files: Files, change: Replacement, wanted: Wanted) -> tuple[list[Told], str]:
    """Put a cell among the entries of its file, and return what was done, or why it was refused."""
    standing, place = change.standing, change.place
    if not (wanted.new if standing is None else wanted.changed):
        return [], ""
    fault = change.fault(wanted.reason)
    if fault:
        return [], f"{_name(change.measured)}: {fault}"
    if standing is not None and same_cell(standing.entry, place.entry):
        return [], ""
    picked = wanted.picked(change.measured)
    if picked and not wanted.reason.strip():
        return [], f"{_name(change.measured)}: {picked}; {SAY_WHY}"
    if standing is not None:
        del files[standing.path][standing.entry.key]
    files[place.path][place.entry.key] = change.accepted(wanted.reason)
    below = accepted_lines(change.before, place.entry, wanted.reason) if change.before else ()
    return [(f"{_name(change.measured)}: {shown(change.before)} → {shown(place.entry)}", tuple(below))], ""


def _near(path: Path) -> Path:
    """Return a path as it is written from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _pruned(entries: dict[str, Entry], keys: Iterable[str]) -> list[str]:
    return [f"{key}: {shown(entries.pop(key))} removed, no test holds such a cell against it" for key in keys]


def _name(one: Measured) -> str:
    return f"{one.record.experiment} on {one.record.model} ({one.record.environment.get('numerics', '')})"
