"""Two ways to one answer agree: the sign of the margin and the verdict of the text, steered and unsteered.

And what one way alone gets wrong: a leaning to the word "yes" cancels when a question is asked both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import pytest

from pytest_steering import (
    Experiment,
    Intervention,
    Outcome,
    SteeringVector,
    comparison,
    evaluate,
    metrics,
)

KNOWS_BOTH_WAYS = 0.7
"""AUROC of the averaged margin from which on a model is held to know the question the other way round."""


@pytest.mark.steering(dataset="twins", split="test")
def test_margin_and_text_say_the_same(steering: Experiment, chosen: Intervention) -> None:
    arms = {"unsteered": None, "steered": chosen}
    answered = evaluate(steering.model, steering.questions.task, steering.scored, arms)
    for name, outcomes in answered.outcomes.items():
        _agree(name, outcomes)


@pytest.mark.steering(dataset="twins", split="test", form="named", limit=96)
def test_a_leaning_to_yes_cancels_over_both_polarities(steering: Experiment) -> None:
    arms = {"unsteered": None, "leaning": _leaning_to_yes(steering)}
    task = steering.questions.task
    other_way = task.opposite().ask([one.sample for one in steering.scored])
    answered = evaluate(steering.model, task, steering.scored, arms, opposite=other_way)
    asked = answered.outcomes
    both = {name: _averaged(outcomes) for name, outcomes in asked.items()}

    for name, outcomes in asked.items():
        _agree(name, outcomes)
    moved = _mean(asked["leaning"]) - _mean(asked["unsteered"])
    assert moved > 1
    assert abs(_mean(both["leaning"]) - _mean(both["unsteered"])) < 0.1 * moved
    knows = _number("auroc", both["unsteered"])
    if knows < KNOWS_BOTH_WAYS:
        pytest.skip(f"{steering.model.name} does not know the question the other way: AUROC {knows:.2f}")
    assert abs(_number("auroc", both["leaning"]) - knows) <= 0.1
    assert _right(both["leaning"]) > _right(asked["leaning"])


def _agree(name: str, outcomes: Sequence[Outcome]) -> None:
    found = comparison.agreement(outcomes)
    assert found.n > 0, name
    assert (found.share or 0) >= 0.98, name
    if 0.1 <= _number("yes_rate", outcomes) <= 0.9:
        assert (found.kappa or 0) >= 0.8, name


def _number(name: str, outcomes: Sequence[Outcome]) -> float:
    return metrics.metric(name).value(comparison.Facts(outcomes)) or 0.0


def _leaning_to_yes(steering: Experiment) -> Intervention:
    """Add what makes the last block's output say "Yes" rather than "No", at that output's length."""
    model = steering.model
    head = model.loaded.module.get_output_embeddings().weight.detach().float().cpu()
    prompt = steering.scored[0].prompt
    yes, no = (head[model.choice_tokens(word, prompt)[0]] for word in (" Yes", " No"))
    last = model.architecture.num_layers - 1
    states = model.hidden_states([one.prompt for one in steering.scored[:16]], [last])[last]
    length = states.norm(dim=1).mean() / (yes - no).norm()
    return Intervention(SteeringVector({last: (yes - no) * length}), layers=[last])


def _averaged(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with the margin that is averaged over both polarities."""
    return [replace(one, margin=comparison.margin_both_ways(one)) for one in outcomes]


def _mean(outcomes: Sequence[Outcome]) -> float:
    return fmean(one.margin or 0.0 for one in outcomes)


def _right(outcomes: Sequence[Outcome]) -> float:
    """Return the accuracy of the margin's sign."""
    return fmean(((one.margin or 0.0) > 0) == (one.expected == "yes") for one in outcomes)
