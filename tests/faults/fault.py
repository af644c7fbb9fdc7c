from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.extraction.pairs import ContrastPair
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
        limit: Number of scored samples.
        quick: Whether every change is tested against it.
    """

    name: str
    finding: str
    inject: Inject
    also: frozenset[str] = frozenset()
    early: bool = False
    vector: Choose | None = None
    controls: tuple[str, ...] = ()
    layer: int = LAYER
    limit: int = 96
    quick: bool = False


def inject(fault: Fault, experiment: Experiment, patch: pytest.MonkeyPatch) -> list[Record]:
    """Run an experiment with a fault in place and return the records, whether or not the run was finished."""
    records: list[Record] = []
    experiment.sink, experiment.limit = records.append, fault.limit
    if fault.early:
        experiment.memo = {}
        fault.inject(patch, experiment)
    vector = experiment.extract(_pairs(experiment))
    if fault.vector is not None:
        vector = fault.vector(experiment, vector)
    if not fault.early:
        fault.inject(patch, experiment)
    try:
        experiment.run(Intervention(vector, [fault.layer], SCALE), controls=fault.controls)
    except (SteeringError, RuntimeError):
        assert records, "a run that stops leaves the record of its cell"
    return records


def findings_of(records: list[Record], severity: str = "") -> set[str]:
    """Return the ids of the findings that the records carry."""
    rows = [row for record in records for row in record.findings]
    return {str(row["id"]) for row in rows if severity in ("", row["severity"])}


def nothing(_patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    """Leave everything as it is: the fault lies in the vector or in the number of samples."""


def _pairs(experiment: Experiment) -> list[ContrastPair]:
    return experiment.contrast_pairs()
