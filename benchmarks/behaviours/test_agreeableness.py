"""Agreeable or not: a vector of wanted − other answers moves the margin with the sign of its scale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.behaviours.conftest import Run
from pytest_steering import Experiment, Intervention, statistics

BLOCK = 13


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="agreeableness")
def test_steering_makes_answers_agreeable_and_its_opposite_less_so(run: Run) -> None:
    result = run(layers=[BLOCK, 16], scales=[1.0, 1.5])

    result.expect("margin").rises(by=1.0)
    result.expect("margin", "negated").drops(by=1.0)


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="agreeableness")
def test_items_are_steerable_under_another_system_prompt_too(steering: Experiment) -> None:
    vector = steering.extract(steering.contrast_pairs())
    steered = Intervention(vector, [BLOCK], 2.0)
    usual = steering.dose_response(steered, parts=(-1.0, 0.5, 1.0), directions=1)
    task = replace(steering.questions.task, system="You are a careful assistant.")  # type: ignore[type-var]
    other = replace(steering, task=task, dataset="").dose_response(steered, parts=(-1.0, 1.0), directions=0)

    assert usual.interval is not None
    assert usual.interval.low > 1.0
    assert usual.anti_steerable_interval is not None
    assert usual.anti_steerable_interval.high < 0.3
    carried = statistics.generalisation(usual, other)
    assert carried.ratio > 0.5
    assert carried.interval.low > 0.0
