"""Interventions that are not done everywhere alike: watched, counted, and named where they are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import Experiment, Intervention, Record, SteeringVector
from pytest_steering.models.steerable import SteerableModel


@pytest.fixture(scope="module")
def condition(starcoder2: SteerableModel) -> SteeringVector:
    """A direction along which some prompts lie on one side and some on the other."""
    states = starcoder2.hidden_states(PROMPTS, [1])[1]
    return SteeringVector({1: states[0] - states[1]})


PROMPTS = ["int f(void) { gets(b); }", "x = 1"]


def ids(record: Record) -> set[str]:
    return {one["id"] for one in record.findings}


WRONG = {"intervention-failed", "intervention-missing", "positions-differ", "arms-differ", "delta-size"}


def steered(experiment: Experiment, intervention: Intervention, records: list[Record]) -> Record:
    experiment.run(intervention, controls=["zero"])
    (found,) = [one for one in records if one.arm == "steered"]
    return found


@pytest.mark.parametrize("schedule", ["linear(tokens=3)", "exponential(rate=0.5)", "window(start=1, stop=3)"])
def test_a_schedule_is_watched_token_by_token(
    experiment: Experiment, intervention: Intervention, records: list[Record], schedule: str
) -> None:
    found = steered(experiment, replace(intervention, schedule=schedule), records)
    assert found.spec["intervention"]["schedule"] == schedule
    (written,) = found.evidence["written"]["layers"].values()
    assert written["exact"]
    assert written["asked"] == written["steered"] > 0
    assert not written["elsewhere"]
    together = found.evidence["together"]
    assert (together["steered"], together["nobodys"]) == (together["asked"], 0)
    assert not ids(found) & WRONG


def test_a_condition_that_never_holds_is_no_silent_null_effect(
    experiment: Experiment, intervention: Intervention, records: list[Record], condition: SteeringVector
) -> None:
    never = replace(intervention, when="similarity > 1", condition=condition)
    found = steered(experiment, never, records)
    assert (found.counts["decided"], found.counts["held"]) == (8, 0)
    assert "condition-never" in ids(found)
    assert not ids(found) & WRONG


@pytest.mark.parametrize("each", ["", " at each token"])
def test_a_condition_is_counted_and_watched_anew_sample_by_sample(
    experiment: Experiment,
    intervention: Intervention,
    records: list[Record],
    condition: SteeringVector,
    starcoder2: SteerableModel,
    each: str,
) -> None:
    prompts = [one.prompt for one in experiment.context.questions.scored]
    cosines = starcoder2.hidden_states(prompts, [1])[1] @ condition.directions[1]
    cosines /= starcoder2.hidden_states(prompts, [1])[1].norm(dim=-1) * condition.norms[1]
    middle = float(cosines.sort().values[3:5].mean())
    found = steered(
        experiment,
        replace(intervention, when=f"similarity > {middle}{each}", condition=condition),
        records,
    )
    if not each:
        assert (found.counts["decided"], found.counts["held"]) == (8, 4)
    assert 0 < found.counts["held"] < found.counts["decided"]
    assert "condition-held" in ids(found)
    (written,) = found.evidence["written"]["layers"].values()
    assert written["exact"]
    assert written["asked"] == written["steered"] > 0
    assert not written["elsewhere"]
    assert not ids(found) & WRONG
