from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.experiments.controls import NULLS
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.experiments.steps.dose_response import DoseCurves
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.statistics import DoseResponse
from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="module")
def small() -> Experiment:
    return Experiment(SteerableModel.load("starcoder"), limit=8)


@pytest.fixture(scope="module")
def steered(small: Experiment) -> Intervention:
    return Intervention(small.extract(small.contrast_pairs(8)), [3], 1.0)


def swept(experiment: Experiment, steered: Intervention) -> DoseResponse:
    return experiment.dose_response(steered, parts=(1.0, 0.5), directions=3, samples=6)


def refuse(*_given: object, **_asked: object) -> None:
    raise AssertionError("the model was asked again")


def same(one: DoseResponse, other: DoseResponse) -> bool:
    return (
        one.item_slopes.tolist() == other.item_slopes.tolist()
        and one.random_slopes.tolist() == other.random_slopes.tolist()
        and (one.slope, one.among_random) == (other.slope, other.among_random)
    )


def test_a_dose_response_leaves_one_record_that_its_numbers_can_be_computed_from(
    small: Experiment, steered: Intervention
) -> None:
    records: list[Record] = []
    found = swept(replace(small, sink=records.append), steered)
    (record,) = (from_line(to_line(one)) for one in records)
    assert record.spec["purpose"] == "dose response"
    assert record.spec["swept"] == {"parts": [0.5, 1.0], "directions": 3, "nulls": sorted(NULLS)}
    assert record.metrics["dose_slope"] == found.slope
    assert record.metrics["anti_steerable_share"] == found.anti_steerable
    assert found.among_random is not None
    assert record.metrics["dose_slope_p"] == found.among_random.p
    assert record.counts == {"directions": 3 * len(NULLS), "samples": 6, "halvings": 0}
    assert record.evidence["scales"] == [0.0, 0.5, 1.0]
    assert set(record.evidence["ids"]) <= {one.sample.id for one in small.scored}
    assert same(DoseCurves(**record.evidence).response(), found)


def test_a_finished_dose_response_is_not_run_again_and_another_one_is(
    small: Experiment, steered: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[Record] = []
    found = swept(replace(small, sink=records.append), steered)
    finished = {record.key: from_line(to_line(record)) for record in records}
    monkeypatch.setattr("pytest_steering.experiments.steps.dose_response.margin_curves", refuse)
    resumed = replace(small, sink=records.append, finished=finished)
    assert same(swept(resumed, steered), found)
    assert len(records) == 1
    with pytest.raises(AssertionError, match="asked again"):
        swept(resumed, replace(steered, vector=2 * steered.vector))
    with pytest.raises(AssertionError, match="asked again"):
        resumed.dose_response(steered, parts=(0.5,), directions=3, samples=6)


def test_a_finished_margin_shift_is_not_run_again(
    small: Experiment, steered: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[Record] = []
    found = replace(small, sink=records.append).margin_shift(steered, directions=3, samples=6)
    finished = {record.key: from_line(to_line(record)) for record in records}
    monkeypatch.setattr("pytest_steering.experiments.steps.margin_shift.shift_beside_nulls", refuse)
    assert replace(small, finished=finished).margin_shift(steered, directions=3, samples=6) == found


def test_the_slope_of_a_direction_is_the_mean_of_its_items_slopes_and_the_hardest_null_is_told() -> None:
    nulls = {"random": [[0.0, 0.1, 0.2]], "random_matched": [[0.0, 1.0, 5.0]]}
    items = [[0.0, 1.0, 2.0], [0.0, -1.0, -4.0]]
    found = DoseCurves([0.0, 1.0, 2.0], ["a", "b"], items, nulls).response()
    assert found.among_random is not None
    assert found.among_random.p == 1.0
    assert found.item_slopes.tolist() == [1.0, -2.0]
    assert (found.slope, found.anti_steerable, found.random_slopes.tolist()) == (-0.5, 0.5, [2.5])


def test_the_margin_follows_the_scale_and_as_far_along_directions_that_mean_nothing() -> None:
    experiment = Experiment(SteerableModel.load("starcoder"), limit=24)
    vector = experiment.extract(experiment.contrast_pairs(16))
    found = experiment.dose_response(
        Intervention(vector, [3], 1.0), parts=(0.5, 1.0), directions=5, samples=24
    )
    assert found.slope < 0
    assert found.item_slopes.shape == (24,)
    assert found.anti_steerable == (found.item_slopes > 0).mean() == 0
    assert found.aim == -1
    assert set(found.groups) == {one.sample.group for one in experiment.scored}
    assert sum(one.items for one in found.groups.values()) == 24
    assert found.among_random is not None
    assert found.among_random.rank > 1, "in this model's few dimensions"
