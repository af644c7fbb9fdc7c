from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.errors import DataError, ExpectationFailed, InterventionError, SteeringError, VectorError
from pytest_steering.experiments.evaluation import evaluate
from pytest_steering.records import from_line, to_line


def test_each_arm_becomes_one_record_with_an_outcome_for_each_sample(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=["zero", "negated"])
    assert [record.arm for record in records] == ["unsteered", "steered", "zero", "negated", "threshold"]
    ids = [one.sample.id for one in experiment.scored]
    for record in records:
        assert [outcome.id for outcome in record.outcomes] == ids
        assert record.experiment == "test_it"
        assert record.environment["engine"] == "hooks"
        assert record.counts["rows"] == 4 * len(ids)
    assert len({record.key for record in records}) == len(records)
    assert result.steered.record is records[1]


def test_what_neutral_texts_suffer_is_recorded_for_each_arm_and_can_be_budgeted(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=["zero"], claim=0.95)
    unsteered, steered, zero = (result[name].record.metrics for name in ("unsteered", "steered", "zero"))
    assert zero["off_target_accuracy"] == unsteered["off_target_accuracy"]
    assert (zero["off_target_change"], unsteered["off_target_change"]) == (0.0, 0.0)
    assert 0.2 < (steered["off_target_accuracy"] or 0.0) != unsteered["off_target_accuracy"]
    result.expect("off_target_change", arm="zero").at_least(-0.01)
    result.expect("off_target_accuracy").at_least(0.2)
    with pytest.raises(ExpectationFailed, match="steered off_target_accuracy of at least 1: not met"):
        result.expect("off_target_accuracy").at_least(1.0)


def test_a_record_survives_its_line(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    experiment.run(intervention, controls=[])
    for record in records:
        assert from_line(to_line(record)) == record


def test_the_spec_names_what_was_asked_and_not_the_vectors_numbers(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    experiment.run(intervention, controls=[])
    steered = records[1].spec
    assert steered["intervention"] == {
        "method": "mean_difference",
        "layers": [2],
        "scale": 1.0,
        "operation": "add",
        "positions": "last",
        "per_layer": False,
    }
    assert records[0].spec["intervention"] is None
    assert records[1].provenance["sha256"] == intervention.vector.only([2]).sha256


def test_scale_zero_answers_what_the_unsteered_model_answers(
    experiment: Experiment, intervention: Intervention
) -> None:
    result = experiment.run(intervention, controls=["zero"])
    assert [one.tokens_sha256 for one in result["zero"].outcomes] == [
        one.tokens_sha256 for one in result.unsteered.outcomes
    ]
    assert result["zero"]["first_token_kl"] == 0.0


def test_the_timer_measures_the_scored_run_once(experiment: Experiment, intervention: Intervention) -> None:
    calls = []

    def timer(call: object) -> object:
        calls.append(call)
        return call()  # type: ignore[operator]

    replace(experiment, timer=timer).run(intervention, controls=[])
    assert len(calls) == 1


def test_pairs_about_scored_samples_are_refused(experiment: Experiment) -> None:
    pair = replace(experiment.contrast_pairs(1)[0], sample_id=experiment.scored[0].sample.id)
    with pytest.raises(DataError, match="scored samples are among those the vector was built from"):
        experiment.extract([pair])


def test_layer_and_scale_are_never_chosen_on_the_scored_split(
    experiment: Experiment, intervention: Intervention
) -> None:
    with pytest.raises(DataError, match="'test', the split that is scored"):
        experiment.search(intervention.vector, split="test")


def test_a_foreign_vector_is_refused_in_every_use_and_a_forced_one_is_recorded_as_forced(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    told = {**intervention.vector.provenance, "weights": "of another model"}
    foreign = replace(intervention, vector=replace(intervention.vector, provenance=told))
    uses: dict[str, Callable[[Intervention], object]] = {
        "run": lambda one: experiment.run(one, controls=["zero"]),
        "search": lambda one: experiment.search(
            one.vector, layers=[2], scales=[1.0], limit=4, forced=one.forced
        ),
        "margin shift": lambda one: experiment.margin_shift(one, directions=2, samples=4),
        "dose response": lambda one: experiment.dose_response(one, directions=2, samples=4),
        "equal effect": lambda one: experiment.of_equal_effect(one, 0.1),
    }
    for use in uses.values():
        with pytest.raises(VectorError, match="made for something else"):
            use(foreign)
    records.clear()
    for use in uses.values():
        use(replace(foreign, forced=True))
    forced = [one for one in records if one.arm not in ("unsteered", "threshold")]
    assert {one.spec["purpose"] for one in forced} == {"score", *uses} - {"run", "equal effect"}
    assert all(one.provenance["forced"] for one in forced)


def test_an_empty_split_is_named(experiment: Experiment) -> None:
    with pytest.raises(SteeringError, match="split 'holiday'"):
        experiment.samples("holiday")


def test_a_prompt_beyond_the_context_is_counted_and_named(
    experiment: Experiment, intervention: Intervention
) -> None:
    long = replace(experiment, max_new_tokens=380)
    result = long.run(intervention, controls=[])
    skipped = [outcome for outcome in result.steered.outcomes if outcome.skipped]
    assert 0 < len(skipped) < len(result.steered.outcomes)
    assert result.steered.record.counts["skipped"] == len(skipped)
    assert "exceed the context of 512" in skipped[0].skipped
    assert len(result.steered.run) == len(result.steered.outcomes) - len(skipped)


PHASES = {
    "while it is observed": "pytest_steering.experiments.observation.run_evidence.witness",
    "while samples are scored": "pytest_steering.experiments.arm_evaluation.evaluate",
    "while neutral texts are read": "pytest_steering.experiments.steps.run.neutral_kl",
}


@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_weights_that_change_during_a_run_are_an_error(
    experiment: Experiment,
    intervention: Intervention,
    records: list[Record],
    monkeypatch: pytest.MonkeyPatch,
    phase: str,
) -> None:
    import torch

    real = pkgutil.resolve_name(phase)
    weight = experiment.model.loaded.module.get_output_embeddings().weight
    kept = weight.detach().clone()

    def and_drift(*args: object, **options: object) -> object:
        with torch.no_grad():
            weight[0] += 1.0
        return real(*args, **options)

    monkeypatch.setattr(phase, and_drift)
    try:
        with pytest.raises(InterventionError, match="the weights of starcoder2 changed"):
            experiment.run(intervention, controls=[])
    finally:
        with torch.no_grad():
            weight.copy_(kept)
    failed = {record.arm: record for record in records}["steered"]
    assert "changed while it was steered" in failed.evidence["failed"]
    prints = failed.evidence["weights"]
    assert prints["after"] != prints["before"]


def test_a_hook_left_behind_is_an_error(
    experiment: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = []

    def and_leave_a_hook(*args: object, **options: object) -> object:
        handles.append(experiment.model.loaded.module.register_forward_hook(lambda *_: None))
        return evaluate(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("pytest_steering.experiments.arm_evaluation.evaluate", and_leave_a_hook)
    with pytest.raises(InterventionError, match="1 hooks were left on starcoder2"):
        experiment.run(intervention, controls=[])
    handles[0].remove()


def test_what_is_no_intervention_is_refused_in_a_sentence(
    experiment: Experiment, intervention: Intervention
) -> None:
    given: Any = intervention.vector
    for step in (
        experiment.run,
        experiment.dose_response,
        experiment.margin_shift,
        partial(experiment.of_equal_effect, target=0.1),
    ):
        with pytest.raises(VectorError, match=r"such as Intervention\(vector, layers=\[3\].*found Steering"):
            step(given)


@pytest.mark.parametrize("controls", ["random", 3, [None], {"random": 1}])
def test_controls_that_are_no_list_of_names_are_refused_in_a_sentence(
    experiment: Experiment, intervention: Intervention, controls: Any
) -> None:
    with pytest.raises(DataError, match=r"controls=.*: a list of names was expected, such as \['random'\]"):
        experiment.run(intervention, controls=controls)


def test_a_block_counted_from_the_end_is_refused_where_the_model_is_not_known(
    intervention: Intervention,
) -> None:
    with pytest.raises(VectorError, match=r"layers \[-1\]: a vector does not know how deep its model is"):
        Intervention(intervention.vector, [-1])
