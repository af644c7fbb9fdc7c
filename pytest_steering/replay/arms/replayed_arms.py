"""Recorded answers with scores or choices, by model and arm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.replay.arms.arm_answer import ArmAnswer
from pytest_steering.replay.arms.arm_records import arm_records
from pytest_steering.replay.arms.arm_rows import read_arms
from pytest_steering.replay.arms.asked_numbers import AskedNumbers
from pytest_steering.replay.arms.replayed_model import ReplayedModel
from pytest_steering.replay.arms.row_fields import RowFields
from pytest_steering.replay.recorded_answer import Problem
from pytest_steering.tasks.scores import Score


@dataclass(frozen=True)
class ReplayedArms:
    """What became of every answer in some files.

    Attributes:
        paths: The files.
        asked: The numbers that each answer got.
        models: In the order of the files.
        problems: What could not be used.
        answers: How many could be.
    """

    paths: tuple[Path, ...]
    asked: AskedNumbers
    models: tuple[ReplayedModel, ...]
    problems: tuple[Problem, ...]
    answers: int


def replay_arms(
    paths: Sequence[Path],
    scores: Sequence[Score] = (),
    guards: Sequence[Score] = (),
    fields: RowFields | None = None,
    base: str = "",
) -> ReplayedArms:
    """Score answers that were recorded elsewhere, arm by arm, without a model.

    Args:
        paths: JSON lines. A row has an answer, or those of several arms; `id` or `prompt`; and where they are
            known `model`, `trial`, `group`, `pair_id`, `cluster`.
        scores: What is asked of each answer. A label is compared with the first.
        guards: Scores that say whether an answer is still text. One that no answer has a number of, as
            without the model, guards nothing.
        fields: Where a row keeps its arm, its answers and labels; and whether it is a choice.
        base: The arm that the others are compared with; one of the usual names where it is empty.

    Raises:
        DataError: A file cannot be opened, scores or fields are not what is expected, or no arm has the
            base's name.
    """
    fields = fields or RowFields()
    asked = AskedNumbers(tuple(scores), tuple(guards), ", ".join(fields.gold.values()), fields.choices)
    found = list(read_arms(paths, fields))
    answers = [one for one in found if isinstance(one, ArmAnswer)]
    _require_labels(answers, asked.labels)
    models = tuple(ReplayedModel.of(arm_records(own, asked), base) for own in _by_model(answers))
    _require_base(models, base)
    problems = tuple(one for one in found if isinstance(one, Problem))
    return ReplayedArms(tuple(paths), asked, models, problems, len(answers))


def _by_model(answers: Iterable[ArmAnswer]) -> Iterable[list[ArmAnswer]]:
    models: dict[str, list[ArmAnswer]] = {}
    for one in answers:
        models.setdefault(one.model, []).append(one)
    return models.values()


def _require_labels(answers: Sequence[ArmAnswer], labels: str) -> None:
    if labels and answers and all(one.gold is None for one in answers):
        raise DataError(f"none of {len(answers)} answers has a label in the field {labels}")


def _require_base(models: Sequence[ReplayedModel], base: str) -> None:
    if base and models and not any(one.base for one in models):
        arms = dict.fromkeys(name for one in models for name in one.run.arms)
        near = did_you_mean(base, arms)
        raise DataError(f"no arm is named {base!r}; {near}there are {', '.join(map(repr, arms))}")
