from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.errors import DataError
from pytest_steering.experiments.controls import NULLS, null_arms
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.null_shifts import EQUAL, MarginShift
from pytest_steering.experiments.side_effects import neutral_effects
from pytest_steering.records import from_line, to_line
from pytest_steering.tasks.sample_selection import evenly
from tests.near import margin_rounding


def test_the_shift_is_the_mean_change_of_the_margin(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    shift = experiment.margin_shift(intervention, directions=5, samples=6)
    asked = experiment.scored
    assert shift.samples == 6
    chosen = {sample.id for sample in evenly([one.sample for one in asked], 6)}
    taken = [one for one in asked if one.sample.id in chosen]
    base, steered = likelihoods(experiment.model, taken, [None, intervention])
    expected = fmean(after - before for before, after in zip(base, steered, strict=True))
    assert shift.shift == pytest.approx(expected, abs=margin_rounding(experiment.model))
    assert {name: len(found) for name, found in shift.nulls.items()} == dict.fromkeys(NULLS, 5)
    largest = max(abs(one) for found in shift.nulls.values() for one in found)
    assert shift.ratio == pytest.approx(abs(shift.shift) / largest)
    assert shift.p == max(rank.p for rank in shift.ranks.ranks.values())
    assert records[-1].metrics["margin_shift_ratio"] == shift.ratio
    assert records[-1].metrics["margin_shift_p_shuffled"] == shift.ranks.ranks["shuffled"].p
    assert MarginShift(**from_line(to_line(records[-1])).evidence) == shift


def test_a_shift_among_those_of_one_null_is_not_outside_though_it_is_beyond_the_others() -> None:
    nulls = {"random": [0.1, -0.2], "shuffled": [0.3, 2.5]}
    shift = MarginShift(2.0, nulls, samples=4)
    assert (shift.outside, shift.ranks.hardest) == (False, "shuffled")
    assert shift.p == pytest.approx(2 / 3)
    assert shift.ratio == pytest.approx(0.8)
    beyond = MarginShift(-2.6, nulls, samples=4)
    assert beyond.outside
    assert beyond.p == pytest.approx(1 / 3)


def test_the_directions_of_a_vector_are_its_own_whatever_its_length(
    experiment: Experiment, intervention: Intervention
) -> None:
    def drawn(steered: Intervention) -> list[list[float]]:
        arms = null_arms(experiment.context, steered, "random", 3)
        vectors = [one.parts[0].vector for one in arms]
        return [(one.directions[2] / one.norms[2]).tolist() for one in vectors]

    longer = replace(intervention, vector=1.0001 * intervention.vector)
    other = replace(intervention, vector=intervention.vector.random_like(0))
    assert drawn(longer) == [pytest.approx(one, abs=1e-6) for one in drawn(intervention)]
    assert drawn(other) != drawn(intervention)


def test_a_vector_whose_pairs_nobody_knows_is_held_against_the_tasks_own(
    experiment: Experiment, intervention: Intervention
) -> None:
    given = replace(intervention, vector=intervention.vector.random_like(1))
    shift = experiment.margin_shift(given, directions=2, samples=4)
    assert set(shift.nulls) == set(NULLS)
    assert shift.absent == {}


def test_a_null_that_cannot_be_drawn_is_named_with_its_reason(
    experiment: Experiment, intervention: Intervention
) -> None:
    of_one = experiment.extract(experiment.contrast_pairs(1))
    shift = experiment.margin_shift(replace(intervention, vector=of_one), directions=2, samples=4)
    assert set(shift.nulls) == set(NULLS) - {"shuffled"}
    assert shift.absent["shuffled"].startswith("one contrast pair has no labels to shuffle")


def test_directions_of_equal_kl_disturb_neutral_texts_as_the_vector_does(
    experiment: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.experiments.null_shifts.TEXTS", 2)
    texts = load_neutral()[:2]
    (arm,) = null_arms(experiment.context, intervention, "random", 1)
    (rescaled,) = EQUAL["kl"](experiment.model, intervention, [arm])
    arms = {"vector": intervention, "rescaled": rescaled}
    vector, direction = neutral_effects(experiment.model, arms, texts).values()
    assert direction.kl_95 == pytest.approx(vector.kl_95, rel=0.05)
    assert rescaled.scale != arm.scale
    shift = experiment.margin_shift(intervention, directions=1, samples=4, equal="kl")
    assert shift.nulls["random"] != experiment.margin_shift(intervention, 1, 4).nulls["random"]


def test_what_directions_have_in_common_is_named(experiment: Experiment, intervention: Intervention) -> None:
    with pytest.raises(DataError, match="directions of equal 'length'; expected one of norm, kl"):
        experiment.margin_shift(intervention, equal="length")  # type: ignore[arg-type]
