"""Answers that end once their verdict is sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import evaluate
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="module")
def both() -> dict[str, Experiment]:
    """The same experiment with whole answers and with decided ones."""
    usual = Experiment(SteerableModel.load("qwen2"), limit=24)
    return {"length": usual, "verdict": replace(usual, stop="verdict")}


@pytest.fixture(scope="module")
def intervention(both: dict[str, Experiment]) -> Intervention:
    experiment = both["length"]
    return Intervention(experiment.extract(experiment.contrast_pairs(16)), layers=[1])


def test_verdicts_are_those_of_the_whole_answers(
    both: dict[str, Experiment], intervention: Intervention
) -> None:
    results = {stop: one.run(intervention, controls=("zero",)) for stop, one in both.items()}
    for arm in ("unsteered", "steered"):
        whole, decided = (results[stop].arms[arm].outcomes for stop in ("length", "verdict"))
        assert [one.predicted for one in decided] == [one.predicted for one in whole]
        assert all(one.tokens <= other.tokens for one, other in zip(decided, whole, strict=True))
    assert [str(one) for one in results["verdict"].findings if one.severity == "invalid"] == [
        str(one) for one in results["length"].findings if one.severity == "invalid"
    ]


def test_an_answer_that_its_verdict_ended_says_nothing_of_how_the_model_would_have_ended_it(
    both: dict[str, Experiment], monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = both["verdict"]
    task = experiment.questions.task
    monkeypatch.setattr(type(task), "decided", lambda _task, text, _asked: len(text) > 3)
    found = evaluate(experiment.model, task, experiment.scored, {"unsteered": None}, stop="verdict")
    early = [one for one in found.outcomes["unsteered"] if one.ended is None]
    assert early
    assert all(one.tokens < 32 for one in early)


def test_how_answers_stop_is_part_of_the_spec_where_it_is_not_the_usual_way(
    both: dict[str, Experiment], intervention: Intervention
) -> None:
    results = {stop: one.run(intervention, controls=()) for stop, one in both.items()}
    specs = {stop: one.arms["steered"].record.spec["generation"] for stop, one in results.items()}
    assert specs["verdict"] == {**specs["length"], "stop": "verdict"}


def test_an_unknown_way_to_stop_is_named(both: dict[str, Experiment], intervention: Intervention) -> None:
    with pytest.raises(DataError, match="stop='soon': 'length' or 'verdict' was expected"):
        replace(both["length"], stop="soon").run(intervention, controls=())
