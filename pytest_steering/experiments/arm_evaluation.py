"""The scored samples under every condition of a run: those of the same words in shared batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.evaluation import Evaluation, evaluate
from pytest_steering.experiments.margin_threshold import judged_above

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.experiments.margin_threshold import Calibration
    from pytest_steering.records import Outcome


def evaluate_conditions(context: Context, conditions: Mapping[str, Condition]) -> Evaluation:
    """Return what every condition produced.

    Args:
        context: Gives the model and what it is asked.
        conditions: By arm name; the first is the model alone.
    """
    by_header: dict[str, dict[str, Condition]] = {}
    calibrated: dict[str, Calibration] = {}
    for name, condition in conditions.items():
        if condition.calibration is None:
            by_header.setdefault(condition.header, {})[name] = condition
        else:
            calibrated[name] = condition.calibration.fit()
    shared, *worded = (_evaluated(context, header, alike) for header, alike in by_header.items())
    for other in worded:
        shared = _beside(shared, other)
    return _judged(shared, next(iter(conditions)), calibrated)


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


def _judged(shared: Evaluation, plain: str, calibrated: Mapping[str, Calibration]) -> Evaluation:
    """Return the same with arms that are the plain one's margins above a threshold."""
    outcomes = {name: judged_above(shared.outcomes[plain], one.threshold) for name, one in calibrated.items()}
    unrun = dict.fromkeys(calibrated, f"none: judged from the {plain} arm")
    return replace(
        shared,
        outcomes={**shared.outcomes, **outcomes},
        sharing={**shared.sharing, **unrun},
        calibrated=calibrated,
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
        prompts={**shared.prompts, **worded.prompts},
        decisions={**shared.decisions, **worded.decisions},
    )


def _without_kl(outcome: Outcome) -> Outcome:
    return replace(outcome, first_token_kl=None)
