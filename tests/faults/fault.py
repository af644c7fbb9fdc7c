from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.file_access.embedded import embedded_data
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.records import Record
from pytest_steering.steering.intervention import Intervention

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.steering.vector import SteeringVector

Inject = Callable[[pytest.MonkeyPatch, "Experiment"], object]
Choose = Callable[["Experiment", "SteeringVector"], "SteeringVector"]

LAYER, SCALE = 3, 1.25


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: What is wrong.
        finding: The finding that has to name it.
        inject: Puts it in place; monkeypatch takes it out again.
        also: The other invalid findings that it brings about.
        early: Whether it is there before the vector is made, and not only when it is applied.
        vector: Replaces the vector by another one, for faults of files.
        controls: That are run beside it.
        layer: That is steered.
        operation: That is asked for; an ablation in full.
        limit: Number of scored samples.
        quick: Whether every change is tested against it.
        held: Whether a run without it is accepted as a baseline first, which the run with it is held against.
    """

    name: str
    finding: str
    inject: Inject
    also: frozenset[str] = frozenset()
    early: bool = False
    vector: Choose | None = None
    controls: tuple[str, ...] = ()
    layer: int = LAYER
    operation: str = "add"
    limit: int = 96
    quick: bool = False
    held: bool = False


def inject(fault: Fault, experiment: Experiment, patch: pytest.MonkeyPatch, folder: Path) -> list[Record]:
    """Run an experiment with a fault in place and return the records, whether or not the run was finished.

    Args:
        fault: The fault.
        experiment: What is asked for; it stays the same.
        patch: Takes the fault out again.
        folder: An empty one, for baselines and a copy of the data where the fault lies there.
    """
    experiment.limit = fault.limit
    if not fault.held:
        return _run(fault, experiment, patch)
    records, judgement = hold(fault, experiment, patch, folder)
    assert judgement.exit_code != 0
    return records + [replace(cell.record, findings=(one.as_dict(),)) for cell, one in judgement.findings]


def hold(
    fault: Fault, experiment: Experiment, patch: pytest.MonkeyPatch, folder: Path
) -> tuple[list[Record], Judgement]:
    """Accept a run as the baseline, put a fault in place, run again, and hold the second run against it.

    Args:
        fault: Changes the data file, the baseline or the model.
        experiment: What is asked for, both times.
        patch: Takes the fault out again.
        folder: For the baseline and a copy of the data.
    """
    data = folder / "twins.jsonl"
    data.write_bytes(embedded_data("twins.jsonl").read_bytes())
    experiment = replace(experiment, data_paths={"twins": data})
    clean = replace(fault, inject=nothing, early=True)
    accept(expected_cells(_run(clean, experiment, patch)), baselines(experiment), Wanted(new=True), {})
    records = _run(replace(fault, early=True), replace(experiment), patch)
    return records, judge(expected_cells(records), baselines(experiment), required=True)


def baselines(experiment: Experiment) -> Path:
    """Return the folder of a held experiment's baselines."""
    return experiment.data_paths["twins"].parent / "baselines"


def _run(fault: Fault, experiment: Experiment, patch: pytest.MonkeyPatch) -> list[Record]:
    records: list[Record] = []
    experiment.sink = records.append
    if fault.early:
        experiment.memo = {}
        fault.inject(patch, experiment)
    vector = experiment.extract(_pairs(experiment))
    if fault.vector is not None:
        vector = fault.vector(experiment, vector)
    if not fault.early:
        fault.inject(patch, experiment)
    try:
        scale = SCALE if fault.operation == "add" else 1.0
        asked = Intervention(vector, [fault.layer], scale, fault.operation)
        result = experiment.run(asked, controls=fault.controls)
    except (SteeringError, RuntimeError):
        assert records, "a run that stops leaves the record of its cell"
        return records
    if fault.held:
        result.expect_baseline()
    return records


def findings_of(records: list[Record], severity: str = "") -> set[str]:
    """Return the ids of the findings that the records carry."""
    rows = [row for record in records for row in record.findings]
    return {str(row["id"]) for row in rows if severity in ("", row["severity"])}


def nothing(_patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    """Leave everything as it is: the fault lies in the vector or in the number of samples."""


def _pairs(experiment: Experiment) -> list[ContrastPair]:
    return experiment.contrast_pairs()
