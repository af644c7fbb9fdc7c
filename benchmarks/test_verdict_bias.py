"""By default the models call nearly all code vulnerable; a direction from their own states mends it.

Layer and scale are chosen on dev, everything here is scored on test, and each claim stands beside the
control that would show it to be an accident.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering import ContrastPair, Experiment, Intervention, statistics


@pytest.mark.usefixtures("benchmark")
@pytest.mark.steering(dataset="twins", split="test")
def test_steering_brings_out_the_truth(steering: Experiment, chosen: Intervention) -> None:
    assert min(chosen.vector.norms.values()) > 0
    result = steering.run(chosen, controls=("zero", "random", "negated", "shuffled", "prompted"))
    unsteered, steered = result.unsteered, result.steered

    assert unsteered.accuracy <= 0.55
    assert steered.accuracy >= 0.88
    assert result.p_value() < 0.001
    result.expect("balanced_accuracy").improves(by=0.10)
    result.expect("answered_share").at_least(0.95)

    assert result["zero"]["changed_share"] == 0
    assert (steered["changed_share"] or 0) > 0
    assert (steered["first_token_kl"] or 0) > 0
    for arm in result.random:
        assert abs(arm.accuracy - unsteered.accuracy) <= 0.06, arm.name
    negated = result.against_unsteered("negated")
    assert statistics.mcnemar(negated.broken, negated.fixed, alternative="less") > 0.05
    # Isotropic directions do nothing; those that lie where the states vary do as much as the vector.
    assert "random-as-large" in {one.id for one in result.findings}
    # They were trained to tell the truth when asked to be careful: the vector does what the words do.
    assert result["prompted"].accuracy >= 0.88
    # The margins knew before: a threshold on them that is fitted on dev does as well, and the run says so.
    assert result["threshold"].accuracy >= 0.88
    assert {"threshold-as-good", "prompt-as-good"} <= {one.id for one in result.findings}

    for weakness in result.groups:
        counts = result.against_unsteered(group=weakness)
        assert counts.fixed > counts.broken, weakness


@pytest.mark.steering(dataset="twins", split="test")
def test_the_vector_moves_the_margin_further_than_isotropic_directions_alone(
    steering: Experiment, chosen: Intervention
) -> None:
    """States lie in few dimensions here, and what is drawn from within them does as much as the vector."""
    shift = steering.margin_shift(chosen, directions=39)
    assert shift.ranks.ranks["random"].p == 1 / 40
    assert shift.p > 0.05


@pytest.mark.steering(models=["blind"], dataset="twins", split="test")
def test_no_vector_makes_the_blind_model_see(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair]
) -> None:
    # A search has nothing to choose by here: every block and scale is right half of the time.
    middle = steering.model.architecture.num_layers // 2
    result = steering.run(Intervention(steering.extract(contrast_pairs), layers=[middle], scale=0.5))
    for name in result.arms:
        counts = result.against_unsteered(name)
        assert statistics.mcnemar(counts.broken, counts.fixed, alternative="less") > 0.01, name
    moved = abs((result.steered["yes_rate"] or 0) - (result.unsteered["yes_rate"] or 0))
    assert moved > 0.1
    assert result.steered.estimate("auroc").low <= 0.5
