"""A step that could not be finished says so in its records, and what ended it goes on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import SteeringError
from pytest_steering.experiments.environment import environment

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Record
    from pytest_steering.tasks.task import Task


@contextmanager
def failures_recorded(context: Context, task: Task, cells: Sequence[Record]) -> Iterator[None]:
    """Record each cell as failed where the block raises, whatever it is: memory, a score, a model.

    Args:
        context: Has the sink of records.
        task: That the cells are about.
        cells: As they are before anything was run.
    """
    try:
        yield
    except Exception as error:
        surroundings = environment(context.model, task, context.model.weights)
        for cell in cells:
            context.sink(replace(cell, environment=surroundings, evidence={"failed": what_ended(error)}))
        raise


def what_ended(error: Exception) -> str:
    """Return what ended a step as a sentence; somebody else's error begins with its kind."""
    if isinstance(error, (SteeringError, RuntimeError)) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}".removesuffix(": ")
