from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pytest_steering import ContrastPair, Experiment, Intervention, Record, SteeringVector
from pytest_steering.errors import DataError, VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.context import Context
from pytest_steering.experiments.controls import (
    CONTROLS,
    DEFAULT_CONTROLS,
    control,
    control_conditions,
    possible_conditions,
    vacuous_controls,
)
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.extraction.unembedding import unembedding_direction
from pytest_steering.steering import operations
from pytest_steering.steering.edit import Operation
from pytest_steering.steering.joint import parts_of


def conditions(
    experiment: Experiment, intervention: Intervention, names: Sequence[str]
) -> dict[str, Condition]:
    return control_conditions(experiment.context, intervention, names)


def test_every_control_has_the_norm_layers_and_scale_of_the_steered_arm(
    experiment: Experiment, intervention: Intervention
) -> None:
    vectors = [name for name in CONTROLS if name not in ("prompted", "foreign", "threshold")]
    arms = {name: one.intervention for name, one in conditions(experiment, intervention, vectors).items()}
    drawn = {f"{name}:{n}" for name in ("random", "random_halves", "random_matched") for n in range(3)}
    towards = {"unembedding:present", "unembedding:absent"}
    assert set(arms) == {"zero", "negated", "shuffled"} | drawn | towards
    for name, arm in arms.items():
        assert arm is not None
        assert arm.at == intervention.at
        assert arm.parts[0].vector.norms[2] == pytest.approx(intervention.vector.norms[2], rel=1e-5), name
        assert arm.scale == (0.0 if name == "zero" else intervention.scale)


def test_the_negated_arm_is_the_vector_backwards(experiment: Experiment, intervention: Intervention) -> None:
    arm = conditions(experiment, intervention, ["negated"])["negated"].intervention
    assert arm is not None
    assert torch.equal(arm.parts[0].delta(2), -intervention.delta(2))


def test_an_ablation_has_no_negated_control_and_says_why(
    experiment: Experiment, intervention: Intervention
) -> None:
    ablation = replace(intervention, operation="ablate")
    arms = conditions(experiment, ablation, [one for one in DEFAULT_CONTROLS if one != "prompted"])
    assert list(arms) == ["random:0", "random:1", "random:2", "shuffled"]
    assert {part.operation for arm in arms.values() for part in parts_of([arm.intervention])} == {"ablate"}
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

    monkeypatch.setitem(operations.OPERATIONS, "half", Operation("half", half))
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
    assert list(result.arms) == ["unsteered", "steered", "zero", "threshold"]
    operations = [one.spec["intervention"]["operation"] for one in records if one.arm in ("steered", "zero")]
    assert operations == ["ablate", "ablate"]
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
    given = replace(intervention, vector=replace(intervention.vector, pairs=()))
    with pytest.raises(VectorError, match="needs the contrast pairs"):
        conditions(experiment, given, ["shuffled"])


def test_a_control_that_was_registered_runs_beside_the_others(
    experiment: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = "pytest_steering.experiments.controls.control_registry.CONTROLS"
    monkeypatch.setattr(registry, {"threshold": CONTROLS["threshold"]})

    @control("halved")
    def halved(_context: Context, steered: Intervention) -> dict[str, Condition]:
        return {"halved": Condition(replace(steered, scale=steered.scale / 2))}

    result = replace(experiment, limit=4).run(intervention, controls=["halved"])
    assert list(result.arms) == ["unsteered", "steered", "halved", "threshold"]
    spec = result.arms["halved"].record.spec["intervention"]
    assert spec["scale"] == intervention.scale / 2


def test_arms_stand_in_the_order_that_controls_were_asked_for(
    experiment: Experiment, intervention: Intervention
) -> None:
    found = conditions(experiment, intervention, ["negated", "prompted", "zero"])
    assert list(found) == ["negated", "prompted", "zero"]


def loaded(vector: SteeringVector, folder: Path) -> SteeringVector:
    vector.save(folder / "vector.safetensors")
    return SteeringVector.load(folder / "vector.safetensors")


ALGEBRA: dict[str, Callable[[SteeringVector], SteeringVector]] = {
    "as it is": lambda vector: vector,
    "negated": lambda vector: -vector,
    "rescaled": lambda vector: 1.0001 * vector,
    "cut": lambda vector: vector.only([2]),
    "summed": lambda vector: vector + 2 * vector,
    "differing": lambda vector: 3 * vector - vector,
}


@pytest.mark.parametrize("made", ALGEBRA)
def test_a_vector_keeps_its_pairs_through_algebra_and_has_all_usual_controls(
    experiment: Experiment, intervention: Intervention, made: str
) -> None:
    vector = ALGEBRA[made](intervention.vector)
    assert set(vector.pairs) == set(intervention.vector.pairs) != set()
    found, impossible = possible_conditions(
        experiment.context, replace(intervention, vector=vector), DEFAULT_CONTROLS
    )
    assert "shuffled" in found
    assert not impossible


def test_a_vector_of_prompts_knows_its_pairs_too(experiment: Experiment, intervention: Intervention) -> None:
    pairs = experiment.contrast_pairs(4)
    sides = [one.positive for one in pairs], [one.negative for one in pairs]
    vector = SteeringVector.from_contrast(experiment.model, *sides, layers=[2])
    assert experiment.context.pairs_of(vector) != []
    assert "shuffled" in conditions(experiment, replace(intervention, vector=vector), ["shuffled"])


@pytest.mark.parametrize(
    "made",
    [
        "loaded",
        pytest.param("loaded and negated", marks=pytest.mark.slow),
        pytest.param("summed with a loaded one", marks=pytest.mark.slow),
        "given",
    ],
)
def test_a_vector_that_knows_no_pairs_runs_and_the_control_is_named_as_not_possible(
    experiment: Experiment, intervention: Intervention, tmp_path: Path, made: str
) -> None:
    own = intervention.vector.only([2])
    other = loaded(own, tmp_path)
    vector = {
        "loaded": other,
        "loaded and negated": -other,
        "summed with a loaded one": own + other,
        "given": SteeringVector(own.directions),
    }[made]
    few = replace(experiment, limit=4, memo={})
    result = few.run(replace(intervention, vector=vector, forced=made == "given"))
    said = {one.id: one for one in result.findings}

    assert "shuffled" not in result.arms
    assert "negated" in result.arms
    assert result.steered.record.evidence["impossible"].keys() == {"shuffled"}
    assert "shuffled was not run: the control 'shuffled' needs" in said["control-impossible"].sentence
    assert "shuffled" not in said["controls-missing"].sentence


def test_pairs_that_are_given_to_the_run_make_the_control_possible(
    experiment: Experiment, intervention: Intervention, tmp_path: Path
) -> None:
    steered = replace(intervention, vector=-loaded(intervention.vector, tmp_path))
    few = replace(experiment, limit=4, vectors={})
    assert "shuffled" in few.run(steered, pairs=few.contrast_pairs(16)).arms
    with pytest.raises(DataError, match="made of 16 pairs over other samples than these 4"):
        few.run(steered, pairs=few.contrast_pairs(4))


def test_a_control_that_is_asked_for_by_name_has_to_be_possible(
    experiment: Experiment, intervention: Intervention, tmp_path: Path, records: list[Record]
) -> None:
    steered = replace(intervention, vector=loaded(intervention.vector, tmp_path))
    with pytest.raises(VectorError, match=r"give them with steering\.run\(\.\.\., pairs=\.\.\.\)"):
        replace(experiment, vectors={}).run(steered, controls=("shuffled",))
    assert not records


def test_a_foreign_contrast_is_taken_from_what_was_extracted_beside(
    experiment: Experiment, intervention: Intervention
) -> None:
    with pytest.raises(VectorError, match="needs a vector of another contrast than 'careful"):
        conditions(experiment, intervention, ["foreign"])
    pairs = [ContrastPair(f"x = {n}", f"class C{n}:", f"own-{n}", "layout") for n in range(4)]
    made = experiment.extract(pairs)
    arm = conditions(experiment, intervention, ["foreign"])["foreign:layout"].intervention
    assert arm is not None
    cosine = torch.cosine_similarity(arm.parts[0].vector.directions[2], made.directions[2], dim=0)
    assert cosine == pytest.approx(1.0, abs=1e-5)
    assert arm.parts[0].vector.norms[2] == pytest.approx(intervention.vector.norms[2], rel=1e-5)


def test_the_unembedding_speaks_for_one_answer_against_the_other(
    experiment: Experiment, intervention: Intervention
) -> None:
    arms = conditions(experiment, replace(intervention, layers=[3]), ["unembedding"])
    towards, away = (arms[f"unembedding:{side}"].intervention for side in ("present", "absent"))
    base, present, absent = likelihoods(experiment.model, experiment.scored, [None, towards, away])
    assert all(low < middle < high for low, middle, high in zip(absent, base, present, strict=True))


def test_answers_that_begin_alike_have_no_direction_between_them(
    experiment: Experiment, intervention: Intervention
) -> None:
    with pytest.raises(VectorError, match="no first token that tells one answer from the other"):
        unembedding_direction(experiment.model, [3, 4], [4, 3], intervention.vector)
