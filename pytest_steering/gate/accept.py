"""Accepting what a run found as the baseline of the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.mean_text import digits_of, number_text
from pytest_steering.comparison.metrics import metric
from pytest_steering.gate.baseline import read_baseline, write_baseline
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_files import Files, Place, baseline_path, places, read_files
from pytest_steering.gate.baseline_samples import numbers
from pytest_steering.gate.cell_entry import entry_of
from pytest_steering.gate.failed_cells import FailedCell
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.judge import invalid
from pytest_steering.gate.predecessor import orphans, predecessor


@dataclass(frozen=True)
class Wanted:
    """What may be written.

    Attributes:
        changed: Cells that have a baseline already.
        new: Cells that have none.
        prune: Baselines that no test makes any more are removed.
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
        refused_cells: Cells that were not accepted, and why.
        written: Files that changed.
    """

    lines: tuple[str, ...]
    refused_cells: tuple[FailedCell, ...]
    written: tuple[Path, ...]

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
    lines: list[str] = []
    refused: list[FailedCell] = []
    standing, left = places(files, cells), orphans(orphaned)
    for one in sorted(cells, key=lambda one: baseline_path(folder, one.record)):
        place = Place(baseline_path(folder, one.record), entry_of(one.record, one.unsteered, one.gated))
        known = standing.get(place.entry.key)
        before_it = known.entry if known else predecessor(place.entry, place.path, left)
        told, kept_back = _taken(files, known, before_it, place, one, wanted, worse=one.key in regressed)
        lines += told
        refused += [FailedCell(one, (kept_back,))] if kept_back else []
    for path, keys in removable.items():
        lines += _pruned(files[path], keys)
    written = [path for path, entries in files.items() if entries != before[path]]
    for path in written:
        write_baseline(path, files[path])
    return Accepted(tuple(lines), tuple(refused), tuple(written))


def _taken(
    files: Files,
    standing: Place | None,
    before: Entry | None,
    place: Place,
    one: Measured,
    wanted: Wanted,
    *,
    worse: bool,
) -> tuple[list[str], str]:
    """Put a cell among the entries of its file, and return what was done, or why it was refused."""
    now = place.entry
    if not (wanted.new if standing is None else wanted.changed):
        return [], ""
    fault = _fault(one, before, now, wanted.reason, worse=worse)
    if fault:
        return [], f"{_name(one)}: {fault}"
    if standing is not None and not _differs(standing.entry, now):
        return [], ""
    if standing is not None:
        del files[standing.path][standing.entry.key]
    files[place.path][now.key] = _with_reasons(before, now, wanted.reason, worse=worse).sealed
    return [f"{_name(one)}: {_shown(before)} → {_shown(now)}"], ""


def _fault(one: Measured, before: Entry | None, now: Entry, reason: str, *, worse: bool) -> str:
    wrong = [found.id for found in invalid(one)]
    if wrong:
        return f"the cell means nothing ({', '.join(wrong)}), so it cannot be a baseline"
    if now.gated.mean and now.number is None:
        return f"no answer has a {now.gated.name}, so there is nothing to hold the next run against"
    if reason.strip() or before is None:
        return ""
    if before.fault:
        return f'its baseline was edited ({before.fault}); say why it is replaced with --steering-reason "…"'
    if worse and not _dropped(before, now):
        return 'the gate calls it a regression; say why with --steering-reason "…" to accept it'
    if _dropped(before, now):
        return (
            f"{_title(now)} from {_shown(before)} to {_shown(now)}; "
            'say why with --steering-reason "…" to accept it'
        )
    return ""


def _title(now: Entry) -> str:
    return "it gets worse," if now.gated.mean else f"{metric(ACCURACY).title} falls"


def _dropped(before: Entry, now: Entry) -> bool:
    """Tell whether a number got worse, or fewer samples have one; where no way is better, any change is."""
    first, second = before.number or 0.0, now.number or 0.0
    worse = {"higher": second < first, "lower": second > first, "neither": second != first}
    return worse[now.gated.better] or now.scored_share < before.scored_share


def _with_reasons(before: Entry | None, now: Entry, reason: str, *, worse: bool) -> Entry:
    if before is None:
        return now
    why = f"{_shown(before)} → {_shown(now)}: {reason.strip()}"
    told = bool(reason.strip()) and (worse or bool(before.fault) or _dropped(before, now))
    return replace(now, reasons=(*before.reasons, why) if told else before.reasons)


def _differs(before: Entry, now: Entry) -> bool:
    same = replace(before, reasons=(), digest={}) == replace(now, reasons=())
    return not same or bool(before.fault) or not before.digest


def _pruned(entries: dict[str, Entry], keys: Iterable[str]) -> list[str]:
    return [f"{key}: {_shown(entries.pop(key))} removed, no test makes such a cell" for key in keys]


def _shown(entry: Entry | None) -> str:
    if entry is None:
        return "none"
    samples, known = len(entry.samples), numbers(entry.samples, entry.gated)
    if not entry.gated.mean:
        return f"{entry.number or 0.0:.3f} (n = {samples})"
    of = "" if len(known) == samples else f" of {samples}"
    mean = "none" if entry.number is None else number_text(entry.number, digits_of(known))
    return f"{entry.gated.name} {mean} (n = {len(known)}{of})"


def _name(one: Measured) -> str:
    return f"{one.record.experiment} on {one.record.model} ({one.record.environment.get('numerics', '')})"
