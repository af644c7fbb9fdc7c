from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.context import Context
from pytest_steering.experiments.controls import (
    CONTROLS,
    DEFAULT_CONTROLS,
    control,
    control_conditions,
    vacuous_controls,
)
from pytest_steering.steering import operations
from pytest_steering.steering.edit import Operation


def conditions(
    experiment: Experiment, intervention: Intervention, names: Sequence[str]
) -> dict[str, Condition]:
    return control_conditions(experiment.context, intervention, names)


def test_every_control_has_the_norm_layers_and_scale_of_the_steered_arm(
    experiment: Experiment, intervention: Intervention
) -> None:
    experiment.context.note_pairs(intervention.vector, experiment.contrast_pairs(16))
    vectors = [name for name in CONTROLS if name != "prompted"]
    arms = {name: one.intervention for name, one in conditions(experiment, intervention, vectors).items()}
    assert set(arms) == {"zero", "random:0", "random:1", "random:2", "negated", "shuffled"}
    for name, arm in arms.items():
        assert arm is not None
        assert arm.at == intervention.at
        assert arm.vector.norms[2] == pytest.approx(intervention.vector.norms[2], rel=1e-5), name
        assert arm.scale == (0.0 if name == "zero" else intervention.scale)


def test_the_negated_arm_is_the_vector_backwards(experiment: Experiment, intervention: Intervention) -> None:
    arm = conditions(experiment, intervention, ["negated"])["negated"].intervention
    assert arm is not None
    assert torch.equal(arm.delta(2), -intervention.delta(2))


def test_an_ablation_has_no_negated_control_and_says_why(
    experiment: Experiment, intervention: Intervention
) -> None:
    experiment.context.note_pairs(intervention.vector, experiment.contrast_pairs(16))
    ablation = replace(intervention, operation="ablate")
    arms = conditions(experiment, ablation, DEFAULT_CONTROLS)
    assert list(arms) == ["random:0", "random:1", "random:2", "shuffled"]
    assert {arm.intervention.operation for arm in arms.values() if arm.intervention} == {"ablate"}
    assert vacuous_controls(ablation) == {"negated": "'ablate' does the same along a vector and its opposite"}
    assert vacuous_controls(intervention) == {}


def test_an_operation_is_tried_on_states_as_wide_as_a_direction(
    intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        """Ablates the even dimensions and adds to the odd ones."""
        assert states.ndim == 2
        assert states.shape[-1:] == direction.shape
        return states + strength * direction * (torch.arange(len(direction)) % 2)

    monkeypatch.setitem(operations._known, "half", Operation("half", half))
    assert "negated" not in vacuous_controls(replace(intervention, operation="half"))


def test_whether_a_control_says_anything_is_found_out_without_a_draw_that_others_would_miss(
    intervention: Intervention,
) -> None:
    before = torch.random.get_rng_state()
    assert vacuous_controls(replace(intervention, operation="ablate"))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_run_of_an_ablation_is_named_in_its_records_and_so_is_the_control_that_was_not_run(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(replace(intervention, operation="ablate"), controls=["zero", "negated"])
    steered = result.steered.record
    assert list(result.arms) == ["unsteered", "steered", "zero"]
    assert {one.spec["intervention"]["operation"] for one in records if one.arm != "unsteered"} == {"ablate"}
    sentences = {one["id"]: one["sentence"] for one in steered.findings}
    assert sentences["control-vacuous"].startswith("negated was not run: 'ablate' does the same")
    assert "negated" not in sentences["controls-missing"]
    assert not [one for one in steered.findings if one["severity"] == "invalid" and "delta" in one["id"]]
    assert steered.evidence["written"]["layers"]["2"]["exact"]
    assert result["zero"].outcomes[0].tokens_sha256 == result.unsteered.outcomes[0].tokens_sha256


def test_an_unknown_control_is_named(experiment: Experiment, intervention: Intervention) -> None:
    with pytest.raises(
        VectorError, match=r"controls \['placebo'\] are not known; known are .*, random, .*zero"
    ):
        conditions(experiment, intervention, ["placebo"])


def test_shuffled_labels_need_the_pairs_that_the_vector_was_made_from(
    experiment: Experiment, intervention: Intervention
) -> None:
    with pytest.raises(VectorError, match="needs the contrast pairs"):
        conditions(experiment, intervention, ["shuffled"])


def test_a_control_that_was_registered_runs_beside_the_others(
    experiment: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.experiments.controls.control_registry.CONTROLS", {})

    @control("halved")
    def halved(_context: Context, steered: Intervention) -> dict[str, Condition]:
        return {"halved": Condition(replace(steered, scale=steered.scale / 2))}

    result = replace(experiment, limit=4).run(intervention, controls=["halved"])
    assert list(result.arms) == ["unsteered", "steered", "halved"]
    spec = result.arms["halved"].record.spec["intervention"]
    assert spec["scale"] == intervention.scale / 2


def test_arms_stand_in_the_order_that_controls_were_asked_for(
    experiment: Experiment, intervention: Intervention
) -> None:
    found = conditions(experiment, intervention, ["negated", "prompted", "zero"])
    assert list(found) == ["negated", "prompted", "zero"]
