"""Cells held against their baselines, each by itself: what can be compared of it, or why it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from pytest_steering.counted import have
from pytest_steering.findings import Finding, finding
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_pairing import BaselinePairing
from pytest_steering.gate.cell_entry import bare_entry
from pytest_steering.gate.consistency import contradictions
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.judgement import Compared
from pytest_steering.gate.run_entries import RunEntries
from pytest_steering.identity import changes
from pytest_steering.processes import by_processes
from pytest_steering.records import means_nothing

Lookup: TypeAlias = Mapping[str, Entry]

SHARED, PART = 1000, 50
"""Cells from which on several processes look at them, as starting them takes seconds; and of a part."""


class Part(NamedTuple):
    """Some cells of a run, and what they are held against.

    Attributes:
        cells: One after the other.
        known: Accepted cells by key.
        required: Whether a cell without an accepted one is a fault.
    """

    cells: Sequence[Measured]
    known: Lookup
    required: bool


Held: TypeAlias = tuple[tuple[Finding, ...], "Compared | None"]
"""Why a cell cannot be compared, and the cell beside what is accepted, where that is known."""


def held(
    cells: Sequence[Measured], known: Lookup, *, required: bool, processes: int = 1
) -> Iterator[tuple[Measured, tuple[Finding, ...], Compared | None]]:
    """Yield each cell with why it cannot be compared, and as it stands beside what is accepted.

    Args:
        cells: Of one run.
        known: Accepted cells by key.
        required: Whether a cell without an accepted one is a fault.
        processes: How many may look at many cells.
    """
    places = range(0, len(cells), PART)
    parts = (Part(cells[at : at + PART], _among(known, cells[at : at + PART]), required) for at in places)
    for part, found in by_processes(_held, parts, processes if len(cells) >= SHARED else 1):
        for one, (faults, beside) in zip(part.cells, found, strict=True):
            yield one, faults, beside.among(known) if beside else None


def _among(known: Lookup, cells: Sequence[Measured]) -> Lookup:
    """Return what is known of some cells alone, which is all that another process is given."""
    if isinstance(known, RunEntries):
        return known.only(one.key for one in cells)
    return {one.key: known[one.key] for one in cells if one.key in known}


def _held(part: Part) -> list[Held]:
    return [_one(cell, part.known, part.required) for cell in part.cells]


def _one(cell: Measured, known: Lookup, required: bool) -> Held:
    beside = _compared(cell, known) if cell.key in known else None
    faults = tuple(_faults(cell, beside, required))
    # Of what is paired only that is kept which is decided on.
    return faults, None if beside is None or faults else beside.among({})


def _compared(one: Measured, known: Lookup) -> Compared:
    entry, now = known[one.key], bare_entry(one.record)
    accepted = entry.gated.margin
    margin = accepted if one.gated.margin is None else one.gated.margin
    margins = [] if accepted in (None, margin) else [f"margin {accepted:g} → {margin:g}"]
    changed = (*changes(entry.decided_by, now.decided_by), *margins)
    return Compared(one, known, margin, bool(entry.digest), changed)


def _faults(one: Measured, beside: Compared | None, required: bool) -> Iterable[Finding]:
    """Yield why a cell cannot be compared."""
    yield from invalid(one)
    if beside is None:
        if required:
            yield finding(
                "baseline-missing", f"{one.record.experiment} on {one.record.model} has no baseline"
            )
        return
    now, entry = bare_entry(one.record), beside.entry
    if now.weights != entry.weights:
        yield finding(
            "baseline-stale",
            f"the baseline is of weights {entry.weights[:8]}, this run of {now.weights[:8]}",
            baseline=entry.weights,
            run=now.weights,
        )
    if beside.pairing.changed or beside.pairing.unpaired:
        yield _data_changed(beside.pairing)
    yield from contradictions(one, entry, beside.pairing, beside.control)


def invalid(one: Measured) -> Iterable[Finding]:
    """Yield why a cell says nothing, whatever it is held against."""
    for row in one.record.findings:
        if means_nothing(row):
            yield Finding.from_dict(row, one.record.arm)
    if one.collision:
        yield finding("cells-collide", one.collision, arm=one.record.arm)


def _data_changed(compared: BaselinePairing) -> Finding:
    changed, unpaired = list(compared.changed), list(compared.unpaired)
    return finding(
        "data-changed",
        f"{have(len(changed), 'sample')} another prompt or label, {len(unpaired)} in one of the two "
        f"alone: "
        f"{', '.join([*changed, *unpaired][:5])}",
        changed=changed[:20],
        unpaired=unpaired[:20],
    )
