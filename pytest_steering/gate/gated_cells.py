"""Which cells of a run are held against a baseline: a test says so by a small record of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pytest_steering.cell import Cell, newest_cells
from pytest_steering.experiments.baseline_expectation import PURPOSE
from pytest_steering.identity import SCORE
from pytest_steering.records import Record


@dataclass(frozen=True)
class Measured:
    """A cell that is held against a baseline.

    Attributes:
        record: The cell.
        unsteered: Its unsteered control, where it was run.
        node_id: The test that expects a baseline.
        remeasured: A sentence on earlier records of the cell that it takes the place of; empty without any.
        collision: A sentence on other records under the cell's key or its control's; empty without any.
    """

    record: Record
    unsteered: Record | None
    node_id: str
    remeasured: str = ""
    collision: str = ""


def expected_cells(records: Iterable[Record]) -> list[Measured]:
    """Return the cells that the tests of a run hold against a baseline, each once, by their newest record."""
    every = list(records)
    scored = [record for record in every if record.spec.get("purpose") == SCORE]
    keys = {(record.node_id, record.address): record.key for record in scored}
    cells, found = newest_cells(scored), {}
    for one in every:
        if one.spec.get("purpose") == PURPOSE and (one.node_id, one.spec["cell"]) in keys:
            control = keys.get((one.node_id, one.spec["unsteered"]), "")
            key = keys[one.node_id, one.spec["cell"]]
            found[key] = _measured(cells[key], cells.get(control))
    return list(found.values())


def steered_cells(records: Iterable[Record]) -> list[Measured]:
    """Return every steered cell of a run with its unsteered control."""
    cells = newest_cells(record for record in records if record.spec.get("purpose") == SCORE)
    return [
        _measured(cell, cells.get(_control(cell.record).key))
        for cell in cells.values()
        if cell.record.arm == "steered"
    ]


def _measured(cell: Cell, control: Cell | None) -> Measured:
    collisions = [one.collision for one in (cell, control) if one and one.collision]
    unsteered = control.record if control else None
    return Measured(cell.record, unsteered, cell.record.node_id, cell.remeasured, "; ".join(collisions))


def _control(record: Record) -> Record:
    return replace(record, arm="unsteered", spec={**record.spec, "intervention": None})
