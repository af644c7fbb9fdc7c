"""A run against its baselines: what was compared, what could not be, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_steering.findings import Finding, finding
from pytest_steering.gate.absence import REMOVABLE, Absent, absences
from pytest_steering.gate.baseline_entry import Entry, baseline_key, entry_of
from pytest_steering.gate.baseline_files import Place, places, read_all, read_files
from pytest_steering.gate.baseline_pairing import BaselinePairing, beside_baseline
from pytest_steering.gate.decide import ALPHA, MARGIN, decide, family
from pytest_steering.gate.gate_verdict import EXIT_CODES, CellComparison, CellDecision, Decision, Status
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.wholeness import obstacles, remarks
from pytest_steering.identity import changes
from pytest_steering.manifest import Manifest

Lookup = Mapping[str, Entry]

UNKNOWN, HERE = Manifest(), Path()


@dataclass(frozen=True)
class Compared:
    """One cell beside its baseline.

    Attributes:
        measured: The cell as it was run.
        pairing: Its samples beside the baseline's.
        control: The unsteered control's.
        changes: What the cell was made with that differs from the baseline's, such as `layer 1 → 2`.
    """

    measured: Measured
    pairing: BaselinePairing
    control: BaselinePairing
    changes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The cell's name in the baseline."""
        return baseline_key(self.measured.record)

    @property
    def comparison(self) -> CellComparison:
        """The counts that are decided on."""
        return CellComparison(self.key, self.pairing.changes)


@dataclass(frozen=True)
class Judgement:
    """What became of a run.

    Attributes:
        decision: About the cells that could be compared.
        compared: These cells, by key.
        findings: What could not be compared, and why, each with the cell it speaks of.
        missing: Cells without a baseline that were not required to have one.
        absent: Accepted cells that the run has not.
        obstacles: Why the run is no pass, whatever was compared.
        remarks: What is absent and no obstacle.
        drifted: Keys of cells whose unsteered control moved.
    """

    decision: Decision
    compared: Mapping[str, Compared]
    findings: tuple[tuple[Measured, Finding], ...] = ()
    missing: tuple[Measured, ...] = ()
    absent: tuple[Absent, ...] = ()
    obstacles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    drifted: frozenset[str] = frozenset()

    @property
    def orphaned(self) -> dict[Path, list[str]]:
        """Keys of accepted cells that no test makes any more, by file."""
        found: dict[Path, list[str]] = {}
        for one in self.absent:
            if one.reason in REMOVABLE:
                found.setdefault(one.place.path, []).append(one.place.entry.key)
        return found

    @property
    def regressed(self) -> list[CellDecision]:
        """Cells that got worse while their unsteered control did not move."""
        return [
            one
            for one in self.decision.cells
            if one.status == "regression" and one.cell.key not in self.drifted
        ]

    @property
    def status(self) -> Status:
        """The verdict: a regression goes first, then what could not be measured."""
        if self.regressed:
            return "regression"
        if any(one.severity == "invalid" for _, one in self.findings) or self.drifted or self.obstacles:
            return "unmeasurable"
        if not self.compared and self.missing:
            return "pass"
        return self.decision.status

    @property
    def exit_code(self) -> int:
        """0 pass, 1 regression, 2 cannot be measured or cannot tell."""
        return EXIT_CODES[self.status]


def judge(
    cells: Sequence[Measured],
    folder: Path,
    *,
    required: bool,
    manifest: Manifest = UNKNOWN,
    root: Path = HERE,
    alpha: float = ALPHA,
    margin: float = MARGIN,
) -> Judgement:
    """Hold cells against the baselines in a folder.

    Args:
        cells: Of one run.
        folder: Holds `<family>/<experiment>.json`.
        required: Whether a cell without a baseline, and a baseline without a cell, cannot be measured; else
            they are named and passed over.
        manifest: What was to run and how that ended.
        root: Where the ids of tests begin.
        alpha: Chance of a false regression in the run.
        margin: Drop that is tolerated, as a share.

    Raises:
        DataError: A file is no baseline.
    """
    files = read_files(folder, cells)
    taken = places(files, cells)
    known = {key: one.entry for key, one in taken.items()}
    absent = absences(_others(folder, taken), cells, manifest, root)
    return judge_against(
        cells, known, required=required, manifest=manifest, absent=absent, alpha=alpha, margin=margin
    )


def judge_against(
    cells: Sequence[Measured],
    known: Lookup,
    *,
    required: bool,
    manifest: Manifest,
    absent: Sequence[Absent] = (),
    alpha: float = ALPHA,
    margin: float = MARGIN,
) -> Judgement:
    """Hold cells against entries by the cells' keys; see `judge`."""
    found: list[tuple[Measured, Finding]] = []
    compared: dict[str, Compared] = {}
    missing: list[Measured] = []
    for one in cells:
        entry = known.get(baseline_key(one.record))
        faults = list(_faults(one, entry, required))
        found += [(one, fault) for fault in faults]
        if entry is None:
            missing += [] if faults else [one]
        elif not faults:
            compared[baseline_key(one.record)] = _compared(one, entry)
    decision = decide([one.comparison for one in compared.values()], alpha, margin)
    drifted = _drifted(compared, alpha)
    found += [(compared[key].measured, _drift(compared[key])) for key in sorted(drifted)]
    return Judgement(
        decision,
        compared,
        tuple(found),
        tuple(missing),
        tuple(absent),
        tuple(obstacles(manifest, cells, absent, required=required)),
        tuple(remarks(absent, required=required)),
        drifted,
    )


def _others(folder: Path, taken: Mapping[str, Place]) -> list[Place]:
    """Return the accepted cells of a folder that no cell is held against."""
    known = {(one.path, one.entry.key) for one in taken.values()}
    every = (Place(path, entry) for path, entries in read_all(folder).items() for entry in entries.values())
    return [one for one in every if (one.path, one.entry.key) not in known]


def _compared(one: Measured, entry: Entry) -> Compared:
    control = one.unsteered.outcomes if one.unsteered else ()
    return Compared(
        one,
        beside_baseline(entry.samples, one.record.outcomes),
        beside_baseline(entry.unsteered, control),
        tuple(changes(entry.decided_by, entry_of(one.record, one.unsteered).decided_by)),
    )


def _faults(one: Measured, entry: Entry | None, required: bool) -> Iterable[Finding]:
    """Yield why a cell cannot be compared."""
    yield from invalid(one)
    if entry is None:
        if required:
            yield finding(
                "baseline-missing", f"{one.record.experiment} on {one.record.model} has no baseline"
            )
        return
    now = entry_of(one.record, one.unsteered)
    if now.weights != entry.weights:
        yield finding(
            "baseline-stale",
            f"the baseline is of weights {entry.weights[:8]}, this run of {now.weights[:8]}",
            baseline=entry.weights,
            run=now.weights,
        )
    compared = beside_baseline(entry.samples, one.record.outcomes)
    if compared.changed or compared.unpaired:
        yield _data_changed(compared)


def invalid(one: Measured) -> Iterable[Finding]:
    """Yield why a cell says nothing, whatever it is held against."""
    for row in one.record.findings:
        if row.get("severity") == "invalid":
            yield Finding.from_dict(row, one.record.arm)
    if one.collision:
        yield finding("cells-collide", one.collision, arm=one.record.arm)


def _data_changed(compared: BaselinePairing) -> Finding:
    changed, unpaired = list(compared.changed), list(compared.unpaired)
    return finding(
        "data-changed",
        f"{len(changed)} samples have another prompt or label, {len(unpaired)} are in one of the two alone: "
        f"{', '.join([*changed, *unpaired][:5])}",
        changed=changed[:20],
        unpaired=unpaired[:20],
    )


def _drifted(compared: Mapping[str, Compared], alpha: float) -> frozenset[str]:
    """Return the cells whose unsteered control moved in either direction, at the run's level."""
    controls = [CellComparison(key, one.control.changes) for key, one in compared.items()]
    if not controls:
        return frozenset()
    moved = family(controls, alpha, "two-sided").rejected
    return frozenset(one.key for one, rejected in zip(controls, moved, strict=True) if rejected)


def _drift(one: Compared) -> Finding:
    control = one.control.changes
    return finding(
        "environment-drift",
        f"the unsteered control broke {control.broken} and fixed {control.fixed} of {control.n} samples",
        broken=control.broken,
        fixed=control.fixed,
        samples=control.n,
    )
