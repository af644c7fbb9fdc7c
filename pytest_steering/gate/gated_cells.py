"""Which cells of a run are held against a baseline: a test says so by a small record of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from pytest_steering.comparison import Comparison
from pytest_steering.experiments.baseline_expectation import PURPOSE, held_by
from pytest_steering.gate.cell_entry import baseline_key
from pytest_steering.gate.gated_metric import BY_ACCURACY, GatedMetric
from pytest_steering.identity import SCORE
from pytest_steering.records import Record
from pytest_steering.run_folder.cell import Cell, newest_cells


@dataclass(frozen=True)
class Measured:
    """A cell that is held against a baseline.

    Attributes:
        record: The cell.
        unsteered: Its unsteered control, where it was run.
        node_id: The test that expects a baseline.
        gated: What is judged of it.
        remeasured: A sentence on earlier records of the cell that it takes the place of; empty without any.
        collision: A sentence on other records under the cell's key or its control's; empty without any.
    """

    record: Record
    unsteered: Record | None
    node_id: str
    gated: GatedMetric = BY_ACCURACY
    remeasured: str = ""
    collision: str = ""

    @cached_property
    def key(self) -> str:
        """The name that the cell has in a baseline."""
        return baseline_key(self.record, self.gated)


def expected_cells(records: Iterable[Record]) -> list[Measured]:
    """Return the cells that the tests of a run hold against a baseline, by their newest record.

    A cell is held once by each number.
    """
    every = list(records)
    scored = [record for record in every if record.spec.get("purpose") == SCORE]
    keys = {(record.node_id, record.address): record.key for record in scored}
    cells, found = newest_cells(scored), {}
    for one in every:
        if one.spec.get("purpose") == PURPOSE and (one.node_id, one.spec["cell"]) in keys:
            control = keys.get((one.node_id, one.spec["unsteered"]), "")
            key, gated = keys[one.node_id, one.spec["cell"]], GatedMetric.told(one.spec)
            found[key, gated.name] = _measured(cells[key], cells.get(control), gated)
    return list(found.values())


def steered_cells(records: Iterable[Record]) -> list[Measured]:
    """Return every steered cell of a run with its unsteered control, held by its task's main number."""
    cells = newest_cells(record for record in records if record.spec.get("purpose") == SCORE)
    return [
        _measured(cell, control, _main(cell, control))
        for cell in cells.values()
        if cell.record.arm == "steered"
        for control in (cells.get(_control(cell.record).key),)
    ]


def _main(cell: Cell, control: Cell | None) -> GatedMetric:
    run = Comparison.of(one.record for one in (cell, control) if one)
    return GatedMetric.told(held_by(run))


def _measured(cell: Cell, control: Cell | None, gated: GatedMetric) -> Measured:
    collisions = [one.collision for one in (cell, control) if one and one.collision]
    unsteered = control.record if control else None
    return Measured(
        cell.record, unsteered, cell.record.node_id, gated, cell.remeasured, "; ".join(collisions)
    )


def _control(record: Record) -> Record:
    return replace(record, arm="unsteered", spec={**record.spec, "intervention": None})
