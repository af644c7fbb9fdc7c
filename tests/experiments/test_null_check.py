"""What every run asks of its vector without being told to: bogus vectors are named, and by their own null."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import ContrastPair, Experiment, Intervention, Record
from pytest_steering.experiments.controls import null_arms
from pytest_steering.experiments.observation import null_check
from pytest_steering.extraction.label_shuffles import label_shuffles
from pytest_steering.extraction.pairs import with_exchanged
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.vector import SteeringVector

SAID = {"random-as-large", "shuffled-as-well"}


@pytest.fixture(scope="module")
def bare() -> Experiment:
    """A model whose states lie in few dimensions: bogus vectors do a great deal in it."""
    return Experiment(SteerableModel.load("starcoder"), limit=16)


def named(experiment: Experiment, vector: SteeringVector) -> set[str]:
    result = experiment.run(Intervention(vector, [3], 0.75), controls=())
    return {one.id for one in result.findings} & SAID


@pytest.fixture(scope="module")
def pairs(bare: Experiment) -> list[ContrastPair]:
    return bare.contrast_pairs()


@pytest.mark.parametrize(
    "null",
    [
        "random_matched",
        pytest.param("random_halves", marks=pytest.mark.slow),
        pytest.param("shuffled", marks=pytest.mark.slow),
    ],
)
def test_a_vector_that_means_nothing_is_named_though_no_control_was_asked_for(
    bare: Experiment, pairs: list[ContrastPair], null: str
) -> None:
    true = Intervention(bare.extract(pairs), [3], 0.75)
    # One draw of 21 escapes by chance, as a level of .05 says; docs/trust.md counts them.
    bogus = null_arms(bare.context, true, null, 1)[0].parts[0].vector
    assert named(bare, SteeringVector(bogus.directions, "given", bogus.provenance))


def test_a_vector_extracted_from_shuffled_labels_is_named(
    bare: Experiment, pairs: list[ContrastPair]
) -> None:
    sides = with_exchanged(pairs, label_shuffles(len(pairs), 1, 5)[0])
    mixed = [
        ContrastPair(positive, negative, pair.sample_id, pair.contrast)
        for positive, negative, pair in zip(*sides, pairs, strict=True)
    ]
    assert named(bare, bare.extract(mixed))


def test_a_direction_through_the_unembedding_is_held_against_the_same_nulls(bare: Experiment) -> None:
    true = Intervention(bare.extract(bare.contrast_pairs(16)), [3], 0.75)
    arms = bare.run(true, controls=("unembedding",)).arms
    assert {"unembedding:present", "unembedding:absent"} < set(arms)


def test_the_check_is_kept_in_the_steered_record_and_follows_from_the_content(
    bare: Experiment, pairs: list[ContrastPair]
) -> None:
    kept: list[Record] = []
    steered = Intervention(bare.extract(pairs), [3], 0.75)
    for _ in range(2):
        replace(bare, sink=kept.append, memo={}).run(steered, controls=())
    first, second = (one.evidence["nulls"] for one in kept if one.arm == "steered")
    assert first == second
    assert {name: len(shifts) for name, shifts in first["nulls"].items()} == {
        "random": 20,
        "random_halves": 20,
        "random_matched": 20,
        "shuffled": 20,
    }
    assert first["samples"] == null_check.SAMPLES
