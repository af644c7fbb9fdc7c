"""How a test says that a cell is to be held against a baseline: by a small record of its own."""

from __future__ import annotations

import math

from pytest_steering.comparison import Comparison
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import metric, number_of
from pytest_steering.errors import DataError
from pytest_steering.records import Record

PURPOSE = "expect baseline"


def baseline_expected(cell: Record, unsteered: Record, **held: object) -> Record:
    """Return the record that says: hold this cell against its baseline.

    Args:
        cell: The cell.
        unsteered: Its unsteered control.
        **held: What `held_by` gives; nothing where accuracy is judged by the usual margin.
    """
    return Record(
        spec={"purpose": PURPOSE, "cell": cell.address, "unsteered": unsteered.address, **held},
        arm=cell.arm,
        experiment=cell.experiment,
        node_id=cell.node_id,
    )


def held_by(run: Comparison, name: str | None = None, margin: float | None = None) -> dict[str, object]:
    """Return what a record says of the number that a cell is held by.

    Args:
        run: The cell and its control.
        name: Of the metric or score; None for the number that the run is about.
        margin: The fall that is tolerated, in its unit; None for the usual one.

    Raises:
        DataError: There is no such number, no sample has one, or the margin is no margin.
    """
    name = name or run.main_metric
    if margin is not None and not 0 < margin < math.inf:
        raise DataError(f"a margin of {margin}; expected a finite one above 0, in the unit of {name!r}")
    said: dict[str, object] = {} if margin is None else {"margin": margin}
    found, of = metric(name, run.scores), number_of(name)
    every = [one for arm in run.arms.values() for one in arm.run]
    if every and all(of(one) is None for one in every):
        raise DataError(
            f"no sample has {name!r}, so nothing can be held against a baseline; name a number that they "
            "have: expect_baseline(metric=...)"
        )
    if name == ACCURACY:
        return said
    return {"metric": name, "better": found.better, "unit": found.unit, **said}
