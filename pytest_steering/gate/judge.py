"""A run against its baselines: what can be compared, and what cannot and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_steering.findings import Finding, finding
from pytest_steering.gate.absence import Absent, absences
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_files import Files, Place, places, read_all, read_files
from pytest_steering.gate.cell_text import number_text_of
from pytest_steering.gate.decide import ALPHA, MARGIN, decide, moved
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.held_cells import held
from pytest_steering.gate.judgement import Compared, Judgement
from pytest_steering.gate.wholeness import obstacles, remarks
from pytest_steering.run_folder.manifest import Manifest

Lookup = Mapping[str, Entry]

UNKNOWN, HERE = Manifest(), Path()


def judge(
    cells: Sequence[Measured],
    folder: Path,
    *,
    required: bool,
    manifest: Manifest = UNKNOWN,
    root: Path = HERE,
    alpha: float = ALPHA,
    margin: float = MARGIN,
    processes: int = 1,
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
        processes: How many may look at many cells.

    Raises:
        DataError: A file is no baseline.
    """
    files = read_files(folder, cells)
    taken = places(files, cells)
    known = {key: one.entry for key, one in taken.items()}
    absent = absences(_others(read_all(folder, files), taken), cells, manifest, root)
    return judge_against(
        cells,
        known,
        required=required,
        manifest=manifest,
        absent=absent,
        alpha=alpha,
        margin=margin,
        processes=processes,
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
    processes: int = 1,
) -> Judgement:
    """Hold cells against entries by the cells' keys; see `judge`."""
    found: list[tuple[Measured, Finding]] = []
    compared: dict[str, Compared] = {}
    missing: list[Measured] = []
    for one, faults, beside in held(cells, known, required=required, processes=processes):
        found += [(one, fault) for fault in faults]
        if not faults and beside is None:
            missing.append(one)
        elif not faults and beside is not None:
            compared[one.key] = beside
    decision = decide([each for one in compared.values() for each in one.comparisons], alpha, margin)
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


def _others(files: Files, taken: Mapping[str, Place]) -> list[Place]:
    """Return the accepted cells of a folder that no cell is held against."""
    known = {(one.path, one.entry.key) for one in taken.values()}
    every = ((path, key, entry) for path, entries in files.items() for key, entry in entries.items())
    return [Place(path, entry) for path, key, entry in every if (path, key) not in known]


def _drifted(compared: Mapping[str, Compared], alpha: float) -> frozenset[str]:
    """Return the cells whose unsteered control moved in either direction, at the run's level."""
    controls = [each for one in compared.values() for each in one.control_comparisons]
    if not controls:
        return frozenset()
    found = moved(controls, alpha, "two-sided")
    return frozenset(one.key for one, does in zip(controls, found, strict=True) if does)


def _drift(one: Compared) -> Finding:
    control = one.control.changes
    if one.control.gated.mean:
        moved = "; ".join(number_text_of(one.control, each.of) for each in one.control_comparisons)
        return finding("environment-drift", f"the unsteered control moved: {moved}")
    return finding(
        "environment-drift",
        f"the unsteered control broke {control.broken} and fixed {control.fixed} of {control.n} samples",
        broken=control.broken,
        fixed=control.fixed,
        samples=control.n,
    )
