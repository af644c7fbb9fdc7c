from __future__ import annotations

import pytest

from pytest_steering import Experiment, Intervention
from pytest_steering.errors import VectorError
from pytest_steering.experiments.controls import CONTROLS, control_arms


def test_every_control_has_the_norm_layers_and_scale_of_the_steered_arm(
    experiment: Experiment, intervention: Intervention
) -> None:
    arms = control_arms(intervention, CONTROLS, experiment.model, experiment.contrast_pairs(16))
    assert list(arms) == ["zero", "random:0", "random:1", "random:2", "negated", "shuffled"]
    for name, arm in arms.items():
        assert arm.at == intervention.at
        assert arm.vector.norms[2] == pytest.approx(intervention.vector.norms[2], rel=1e-5), name
    assert {arm.scale for name, arm in arms.items() if name != "zero"} == {intervention.scale}
    assert arms["zero"].scale == 0.0


def test_the_negated_arm_is_the_vector_backwards(experiment: Experiment, intervention: Intervention) -> None:
    import torch

    arm = control_arms(intervention, ["negated"], experiment.model, [])["negated"]
    assert torch.equal(arm.delta(2), -intervention.delta(2))


def test_an_unknown_control_is_named(experiment: Experiment, intervention: Intervention) -> None:
    with pytest.raises(VectorError, match=r"controls \['placebo'\] are not known; known are zero, random"):
        control_arms(intervention, ["placebo"], experiment.model, [])


def test_shuffled_labels_need_the_pairs_that_the_vector_was_made_from(
    experiment: Experiment, intervention: Intervention
) -> None:
    with pytest.raises(VectorError, match="needs the contrast pairs"):
        control_arms(intervention, ["shuffled"], experiment.model, [])
