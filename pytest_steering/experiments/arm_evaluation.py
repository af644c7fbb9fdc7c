"""The scored samples under every condition of a run: those of the same words in shared batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.evaluation import Evaluation, evaluate

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.records import Outcome


def evaluate_conditions(context: Context, conditions: Mapping[str, Condition]) -> Evaluation:
    """Return what every condition produced.

    Args:
        context: Gives the model and what it is asked.
        conditions: By arm name; the first has no words of its own.
    """
    by_header: dict[str, dict[str, Condition]] = {}
    for name, condition in conditions.items():
        by_header.setdefault(condition.header, {})[name] = condition
    shared, *worded = (_evaluated(context, header, alike) for header, alike in by_header.items())
    for other in worded:
        shared = _beside(shared, other)
    return shared


def _evaluated(context: Context, header: str, conditions: Mapping[str, Condition]) -> Evaluation:
    questions = context.questions
    samples = [one.sample for one in questions.scored]
    return evaluate(
        context.model,
        questions.task,
        questions.ask(samples, header) if header else questions.scored,
        {name: condition.intervention for name, condition in conditions.items()},
        max_new_tokens=context.max_new_tokens,
        opposite=questions.ask_opposite(header),
        stop=context.stop,
    )


def _beside(shared: Evaluation, worded: Evaluation) -> Evaluation:
    """Return both as one; KL to the unsteered answer is left out, as its prompt was another."""
    outcomes = {name: tuple(map(_without_kl, arm)) for name, arm in worded.outcomes.items()}
    return replace(
        shared,
        outcomes={**shared.outcomes, **outcomes},
        counts={name: count + worded.counts.get(name, 0) for name, count in shared.counts.items()},
        seconds=shared.seconds + worded.seconds,
        sharing={**shared.sharing, **worded.sharing},
    )


def _without_kl(outcome: Outcome) -> Outcome:
    return replace(outcome, first_token_kl=None)
