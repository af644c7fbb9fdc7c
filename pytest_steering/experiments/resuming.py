"""Going on with an ended run: cells are taken from its records where all that decides them is as now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.environment import environment

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Record
    from pytest_steering.tasks.task import Task


def finished_records(
    context: Context, wanted: Sequence[Record], task: Task | None = None
) -> list[Record] | None:
    """Return the finished records of cells, or None where one of them was not finished or made otherwise.

    Args:
        context: Has the newest record of each cell.
        wanted: The records as they are before anything was run.
        task: Reads the answers; the scored one where it is None.
    """
    records = [context.finished[one.key] for one in wanted if one.key in context.finished]
    if len(records) < len(wanted) or any(one.failed for one in records):
        return None
    surroundings = environment(context.model, task or context.questions.task, context.model.weights)
    now = [replace(one, environment=surroundings).decided_by for one in wanted]
    return records if [one.decided_by for one in records] == now else None


def finished_record(context: Context, wanted: Record) -> Record | None:
    """Return the finished record of one cell; see `finished_records`."""
    records = finished_records(context, [wanted])
    return records[0] if records else None
