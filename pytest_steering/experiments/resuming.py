"""Going on with a run that was ended: finished cells are taken from its records by content key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.experiments.environment import numerics_profile

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Record


def finished_record(context: Context, wanted: Record) -> Record | None:
    """Return the finished record of a cell: of the same spec, vector, weights and numerics; None without one.

    Args:
        context: Has the records of finished cells.
        wanted: The record as it is before anything was run.
    """
    record = context.finished.get(wanted.key)
    if record is None or record.evidence.get("failed"):
        return None
    same = (
        record.provenance.get("sha256") == wanted.provenance.get("sha256"),
        record.environment.get("weights") == context.model.weights,
        record.environment.get("numerics") == numerics_profile(context.model),
    )
    return record if all(same) else None
