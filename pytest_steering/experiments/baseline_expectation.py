"""How a test says that a cell is to be held against a baseline: by a small record of its own."""

from __future__ import annotations

from pytest_steering.records import Record

PURPOSE = "expect baseline"


def baseline_expected(cell: Record, unsteered: Record) -> Record:
    """Return the record that says: hold this cell against its baseline.

    Args:
        cell: The cell.
        unsteered: Its unsteered control.
    """
    return Record(
        spec={"purpose": PURPOSE, "cell": cell.address, "unsteered": unsteered.address},
        arm=cell.arm,
        experiment=cell.experiment,
        node_id=cell.node_id,
    )
