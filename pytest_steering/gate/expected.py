"""Which cells of a run are held against a baseline: a test says so by a small record of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.experiments.baselines import PURPOSE
from pytest_steering.records import Record


@dataclass(frozen=True)
class Measured:
    """A cell that is held against a baseline.

    Attributes:
        record: The cell.
        unsteered: Its unsteered control, where it was run.
        node_id: The test that expects a baseline.
    """

    record: Record
    unsteered: Record | None
    node_id: str


def expected_cells(records: Iterable[Record]) -> list[Measured]:
    """Return the cells that the tests of a run hold against a baseline, each once, by their last record."""
    every = list(records)
    cells = {record.key: record for record in every if record.spec.get("purpose") == "score"}
    asked = {record.key: record for record in every if record.spec.get("purpose") == PURPOSE}
    return [
        Measured(cells[one.spec["cell"]], cells.get(one.spec["unsteered"]), one.node_id)
        for one in asked.values()
        if one.spec["cell"] in cells
    ]


def steered_cells(records: Iterable[Record]) -> list[Measured]:
    """Return every steered cell of a run with its unsteered control."""
    every = [record for record in records if record.spec.get("purpose") == "score"]
    controls = {(record.experiment, record.model): record for record in every if record.arm == "unsteered"}
    steered = {record.key: record for record in every if record.arm == "steered"}
    return [
        Measured(record, controls.get((record.experiment, record.model)), record.node_id)
        for record in steered.values()
    ]
