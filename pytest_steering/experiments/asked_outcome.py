"""One asked sample and its answer become an outcome."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.tasks.asked import Options, Reading

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.surface_forms import Margin
    from pytest_steering.tasks.task import Task


def answered(
    one: Asked, reading: Reading, completion: Completion, margin: Margin | None, opposite: float | None
) -> Outcome:
    """Return what became of a sample that was run.

    Args:
        one: The sample with its prompt.
        reading: What the task made of the answer.
        completion: What the model wrote.
        margin: Between the two answers that are scored by likelihood; None where none are.
        opposite: The margin for *present* of the opposite question; None where it was not asked.
    """
    return _outcome(
        one,
        predicted=reading.predicted,
        correct=reading.correct,
        response=completion.text,
        confidence=reading.confidence,
        rule=reading.rule,
        chosen=reading.chosen,
        scores=dict(reading.scores),
        faults=dict(reading.faults),
        spans={name: [list(one) for one in own] for name, own in reading.spans.items() if own},
        margin=None if margin is None else margin.value,
        choice_mass=None if margin is None else margin.mass,
        swapped_margin=opposite,
        first_token_kl=completion.first_token_kl,
        tokens=len(completion.token_ids),
        tokens_sha256=_tokens_hash(completion.token_ids) if completion.token_ids else "",
        tied_at=completion.tied_at,
        tied_text=completion.tied_text,
        prompt_tokens=completion.prompt_tokens,
    )


def skipped(one: Asked, why: str) -> Outcome:
    """Return what became of a sample that was not run.

    Args:
        one: The sample with its prompt.
        why: As a sentence.
    """
    return _outcome(one, skipped=why)


def _outcome(one: Asked, **found: object) -> Outcome:
    sample = one.sample
    return Outcome(
        id=sample.id,
        expected=sample.expected,
        prompt_sha256=one.prompt_sha256,
        pair_id=sample.pair_id,
        group=sample.group,
        wanted=one.answers.wanted.strip() if isinstance(one.answers, Options) else "",
        length=len(sample.text),
        cluster=sample.cluster,
        **found,  # type: ignore[arg-type]
    )


def readings(
    task: Task,
    asked: Sequence[Asked],
    answers: Sequence[tuple[Completion, Margin | None]],
    model: SteerableModel,
) -> list[Reading]:
    """Return what a task makes of the answers of one arm.

    Args:
        task: Reads them.
        asked: The samples with their prompts.
        answers: What was written, and margins; where nothing was to be written, the margins are read.
        model: Wrote them.

    Raises:
        DataError: The task returned something else than a reading, or one with a score that is no number.
    """
    by_margin = [margin for done, margin in answers if margin is not None and not done.token_ids]
    if answers and len(by_margin) == len(answers):
        found = [task.read_margin(one, margin) for one, margin in zip(asked, by_margin, strict=True)]
    else:
        found = task.read_all([done.text for done, _ in answers], asked, model)
    for one, reading in zip(asked, found, strict=True):
        if not isinstance(reading, Reading):
            raise DataError(
                f"the task {task.name!r} read the answer to {one.sample.id!r} as {reading!r}; a Reading was "
                "expected"
            )
        _require_numbers(one.sample.id, reading.scores)
    return found


def _require_numbers(sample: str, scores: Mapping[str, Any]) -> None:
    for name, score in scores.items():
        if score is not None and (not isinstance(score, (int, float)) or not math.isfinite(score)):
            raise DataError(
                f"the score {name!r} of the answer to {sample!r} is {score!r}; a finite number was expected, "
                "or None where the answer cannot be scored"
            )


def _tokens_hash(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]
