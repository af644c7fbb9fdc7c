"""A joint intervention as the steered arm of an experiment: watched, controlled and named part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import ContrastPair, Experiment, Intervention, Joint, Record, SteeringVector
from pytest_steering.errors import DataError, VectorError
from pytest_steering.experiments.controls import control_conditions, null_arms, vacuous_controls
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.steps.dose_response import margin_curves
from pytest_steering.gate.cell_entry import bare_entry
from pytest_steering.identity import changes
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.records import from_line, to_line
from pytest_steering.report.cell_summary import where

WRONG = {"intervention-failed", "intervention-missing", "positions-differ", "arms-differ", "delta-differs"}


@pytest.fixture(scope="module")
def joint(intervention: Intervention) -> Joint:
    """A vector added at one block and another one ablated there and at the next, at other tokens."""
    drawn = intervention.vector.only([2, 3]).random_like(7)
    return Joint(intervention, Intervention(drawn, operation="ablate", positions="all"))


def steered(experiment: Experiment, joint: Joint, records: list[Record]) -> Record:
    experiment.run(joint, controls=["zero"])
    (found,) = [one for one in records if one.arm == "steered"]
    return found


def ids(record: Record) -> set[str]:
    return {one["id"] for one in record.findings}


@pytest.fixture(scope="module")
def scored(starcoder2: SteerableModel, joint: Joint) -> Record:
    records: list[Record] = []
    experiment = Experiment(starcoder2, limit=8, name="test_it", node_id="b.py::test_it", sink=records.append)
    return steered(experiment, joint, records)


def test_a_record_names_each_part(scored: Record, joint: Joint) -> None:
    parts = scored.spec["intervention"]["parts"]
    assert [(part["operation"], part["layers"], part["positions"]) for part in parts] == [
        ("add", [2], "last"),
        ("ablate", [2, 3], "all"),
    ]
    hashes = [part["sha256"] for part in scored.provenance["parts"]]
    assert hashes == [part.vector_hash for part in joint.parts]
    assert where(scored) == "2@1 2,3@1"


def test_each_layer_and_batch_is_watched_for_what_the_parts_do_together(scored: Record) -> None:
    written = scored.evidence["written"]["layers"]
    assert list(written) == ["2", "3"]
    for seen in written.values():
        assert seen["exact"]
        assert seen["asked"] == seen["steered"] > 0
        assert not seen["elsewhere"]
    together = scored.evidence["together"]
    assert together["steered"] == together["asked"]
    assert (
        sum(map(bool, together["asked"])) == 2 * 3
    )  # both parts together and the second alone, in three arms
    assert not together["nobodys"]
    assert not ids(scored) & WRONG


def test_what_differs_of_a_part_is_said_with_its_number(scored: Record) -> None:
    other = replace(scored, spec={**scored.spec, "intervention": _with_scale(scored, 2.5)})
    assert changes(scored.decided_by, other.decided_by) == ["scale of part 2 1 → 2.5"]


def test_a_baseline_knows_the_vector_of_each_part(scored: Record) -> None:
    first, second = scored.provenance["parts"]
    other = replace(
        scored, provenance={**scored.provenance, "parts": [first, {**second, "sha256": "0" * 64}]}
    )
    before, now = bare_entry(scored).decided_by, bare_entry(other).decided_by
    assert changes(before, now) == [f"vector of part 2 {second['sha256'][:8]} → 00000000"]


def _with_scale(record: Record, scale: float) -> dict[str, object]:
    first, second = record.spec["intervention"]["parts"]
    return {**record.spec["intervention"], "parts": [first, {**second, "scale": scale}]}


def test_a_record_is_read_again_as_it_was(scored: Record) -> None:
    assert from_line(to_line(scored)).decided_by == scored.decided_by


def test_a_control_is_made_of_each_part(experiment: Experiment, joint: Joint) -> None:
    found = control_conditions(experiment.context, joint, ["zero", "random", "negated", "prompted"])
    arms = {name: one.intervention for name, one in found.items()}
    assert list(arms) == ["zero", "random:0", "random:1", "random:2", "negated", "prompted"]
    assert arms["prompted"] is None
    for name in list(arms)[:-1]:
        parts = arms[name]
        assert parts is not None
        assert [(one.operation, one.at, one.where) for one in parts.parts] == [
            (one.operation, one.at, one.where) for one in joint.parts
        ]
    zero, negated = arms["zero"], arms["negated"]
    assert zero is not None
    assert negated is not None
    assert [part.scale for part in zero.parts] == [0, 0]
    assert negated.parts[1] is joint.parts[1]  # ablating the opposite is the same over again


def test_a_control_is_vacuous_only_where_it_is_so_for_every_part(joint: Joint) -> None:
    assert vacuous_controls(joint) == {}
    assert list(vacuous_controls(Joint(joint.parts[1], joint.parts[1]))) == ["negated"]


def test_parts_along_the_same_vector_get_the_same_null_directions(
    experiment: Experiment, intervention: Intervention
) -> None:
    twice = Joint(intervention, replace(intervention, positions="prompt"))
    for arm in null_arms(experiment.context, twice, "random", 2):
        first, second = (part.vector.sha256 for part in arm.parts)
        assert first == second


def test_a_condition_that_never_holds_is_named_by_its_part(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    condition = intervention.vector.only([2])
    never = replace(intervention, when="similarity > 1", condition=condition)
    found = steered(experiment, Joint(intervention, never), records)
    assert (found.counts["decided:2"], found.counts["held:2"]) == (8, 0)
    assert [one["sentence"] for one in found.findings if one["id"] == "condition-never"] == [
        "the condition of part 2 held at 0 of 8 answers"
    ]
    assert not ids(found) & WRONG


def test_doses_and_equal_effects_keep_the_parts_proportions(
    experiment: Experiment, joint: Joint, starcoder2: SteerableModel
) -> None:
    unequal = Joint(joint.parts[0].scaled(3), joint.parts[1])
    (found,) = of_equal_effect(starcoder2, [unequal], load_neutral()[:2], 0.01)
    first, second = (part.scale for part in found.parts)
    assert first == pytest.approx(3 * second)
    curves = margin_curves(
        experiment.context, joint, experiment.context.some_scored(4), parts=(0.5, 1.0), directions=1
    )
    assert curves.scales == [0.0, 0.5, 1.0]


def test_pairs_are_those_of_one_vector(experiment: Experiment, joint: Joint) -> None:
    with pytest.raises(DataError, match="the intervention has 2 parts"):
        experiment.run(joint, pairs=[ContrastPair("a", "b", "p")])


def test_a_part_made_for_another_model_is_refused(experiment: Experiment, joint: Joint) -> None:
    foreign = SteeringVector(joint.parts[0].vector.directions, "given", {"model_type": "gpt2"})
    with pytest.raises(VectorError, match="model_type gpt2, here starcoder2"):
        experiment.run(Joint(joint, Intervention(foreign, [2])), controls=[])
