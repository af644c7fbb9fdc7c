"""Are recorded verdicts what the task makes of the recorded texts? It costs no model, so resuming asks."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from math import isclose
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Outcome, Record
    from pytest_steering.tasks.asked import Asked, Reading

ROUNDING = 1e-3
"""A score may be computed one answer after the other here, and was computed in batches."""


def as_read(context: Context, conditions: Mapping[str, Condition], records: Sequence[Record]) -> bool:
    """Tell whether the task reads the answers of recorded cells as they are recorded; a warning names others.

    Numbers that need the model are left as they are.

    Args:
        context: What is asked, and who reads the answers.
        conditions: By arm name.
        records: Of the arms.
    """
    differing = {record.arm: _differing(context, conditions[record.arm], record) for record in records}
    said = [f"{arm} ({', '.join(ids[:3])})" for arm, ids in differing.items() if ids]
    if said:
        warnings.warn(
            f"recorded verdicts are not what the reader says of the recorded texts: {'; '.join(said)}; "
            "the records are set aside, and the cells are run again",
            stacklevel=2,
        )
    return not said


def _differing(context: Context, condition: Condition, record: Record) -> list[str]:
    """Return the ids of the samples whose recorded verdict is not that of the text, where texts decide it."""
    if condition.calibration is not None:
        return []
    questions = context.questions
    samples = [one.sample for one in questions.scored]
    asked = questions.ask(samples, condition.header) if condition.header else questions.scored
    by_id = {one.sample.id: one for one in asked}
    written = [one for one in record.outcomes if one.tokens and one.id in by_id]
    readings = _readings(context, written, [by_id[one.id] for one in written])
    return [one.id for one, said in zip(written, readings, strict=True) if not _agrees(one, said)]


def _readings(context: Context, written: Sequence[Outcome], asked: Sequence[Asked]) -> list[Reading]:
    task, texts = context.questions.task, [one.response for one in written]
    if type(task).__module__.startswith("pytest_steering."):
        return [task.read(text, one) for text, one in zip(texts, asked, strict=True)]
    # A task of somebody's own may read all answers of an arm in another way than one.
    return task.read_all(texts, asked, context.model)


def _agrees(outcome: Outcome, reading: Reading) -> bool:
    both = [(outcome.scores.get(name), value) for name, value in reading.scores.items()]
    return (outcome.predicted, outcome.correct) == (reading.predicted, reading.correct) and all(
        isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING)
        for one, other in both
        if one is not None and other is not None
    )
