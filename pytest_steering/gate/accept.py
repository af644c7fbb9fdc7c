"""Accepting what a run found as the baseline of the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_steering.gate.baseline import Entry, baseline_path, entry_of, read_baseline, write_baseline
from pytest_steering.gate.expected import Measured
from pytest_steering.gate.kept import accuracy


@dataclass(frozen=True)
class Wanted:
    """What may be written.

    Attributes:
        changed: Cells that have a baseline already.
        new: Cells that have none.
        prune: Baselines of the run's experiments that the run does not have are removed.
        reason: Why lower numbers are accepted; without one they are not.
    """

    changed: bool = False
    new: bool = False
    prune: bool = False
    reason: str = ""

    @property
    def anything(self) -> bool:
        """Whether anything may be written."""
        return self.changed or self.new or self.prune


@dataclass(frozen=True)
class Accepted:
    """What was written.

    Attributes:
        lines: What a person is told: old → new for each cell.
        refused: Sentences on cells that were not accepted; then nothing of their files was written.
        written: Files that changed.
    """

    lines: tuple[str, ...]
    refused: tuple[str, ...]
    written: tuple[Path, ...]


def accept(
    cells: Sequence[Measured], folder: Path, wanted: Wanted, orphaned: Mapping[Path, Sequence[str]]
) -> Accepted:
    """Write cells as baselines.

    Args:
        cells: Of one run.
        folder: Holds `<family>/<experiment>.json`.
        wanted: What may be written.
        orphaned: Keys that may be removed, by file.

    Raises:
        DataError: A file is no baseline.
    """
    lines: list[str] = []
    refused: list[str] = []
    written: list[Path] = []
    for path in sorted({baseline_path(folder, one.record) for one in cells}):
        own = [one for one in cells if baseline_path(folder, one.record) == path]
        entries = read_baseline(path)
        told, kept_back = _taken(entries, own, wanted)
        told += _pruned(entries, orphaned.get(path, ()) if wanted.prune else ())
        lines += told
        refused += kept_back
        if write_baseline(path, entries):
            written.append(path)
    return Accepted(tuple(lines), tuple(refused), tuple(written))


def _taken(
    entries: dict[str, Entry], cells: Iterable[Measured], wanted: Wanted
) -> tuple[list[str], list[str]]:
    """Put cells among a file's entries and return what was done and what was refused."""
    lines, refused = [], []
    for one in cells:
        now = entry_of(one.record, one.unsteered)
        before = entries.get(now.key)
        if not (wanted.new if before is None else wanted.changed):
            continue
        fault = _fault(one, before, now, wanted.reason)
        if fault:
            refused.append(f"{_name(one)}: {fault}")
        elif before is None or _differs(before, now):
            entries[now.key] = _with_reasons(before, now, wanted.reason)
            lines.append(f"{_name(one)}: {_shown(before)} → {_shown(now)}")
    return lines, refused


def _fault(one: Measured, before: Entry | None, now: Entry, reason: str) -> str:
    invalid = [str(row["id"]) for row in one.record.findings if row.get("severity") == "invalid"]
    if invalid:
        return f"the cell means nothing ({', '.join(invalid)}), so it cannot be a baseline"
    if before is not None and _dropped(before, now) and not reason.strip():
        return (
            f"accuracy falls from {_shown(before)} to {_shown(now)}; "
            'say why with --steering-reason "…" to accept it'
        )
    return ""


def _dropped(before: Entry, now: Entry) -> bool:
    return accuracy(now.samples) < accuracy(before.samples)


def _with_reasons(before: Entry | None, now: Entry, reason: str) -> Entry:
    if before is None:
        return now
    drop = f"{_shown(before)} → {_shown(now)}: {reason.strip()}"
    return replace(now, reasons=(*before.reasons, drop) if _dropped(before, now) else before.reasons)


def _differs(before: Entry, now: Entry) -> bool:
    return replace(before, reasons=()) != replace(now, reasons=())


def _pruned(entries: dict[str, Entry], keys: Iterable[str]) -> list[str]:
    return [f"{key}: {_shown(entries.pop(key))} removed, the run has no such cell" for key in keys]


def _shown(entry: Entry | None) -> str:
    return "none" if entry is None else f"{accuracy(entry.samples):.3f} (n = {len(entry.samples)})"


def _name(one: Measured) -> str:
    return f"{one.record.experiment} on {one.record.model} ({one.record.environment.get('numerics', '')})"
