"""What overflows is passed over by name in every step, and costs the others nothing."""

from __future__ import annotations

import math

import pytest

from pytest_steering import Experiment, Intervention, Record, SteerableModel, SteeringVector
from pytest_steering.errors import DataError
from pytest_steering.experiments import controls
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.grid_search import Point, choice_of
from pytest_steering.experiments.neutral_effects import neutral_kl
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.side_effects import neutral_effects

BEYOND = 1e7


@pytest.fixture(scope="module")
def half() -> SteerableModel:
    return SteerableModel.load("starcoder2", dtype="float16")


@pytest.fixture
def records() -> list[Record]:
    return []


@pytest.fixture
def scored(half: SteerableModel, records: list[Record]) -> Experiment:
    return Experiment(half, limit=6, max_new_tokens=2, name="test_it", sink=records.append)


@pytest.fixture(scope="module")
def vector(half: SteerableModel) -> SteeringVector:
    experiment = Experiment(half)
    return experiment.extract(experiment.contrast_pairs(8), layers=[2])


def test_a_search_passes_over_what_overflows_and_its_table_says_why(
    scored: Experiment, records: list[Record], vector: SteeringVector
) -> None:
    found = scored.search(vector, scales=(0.5, BEYOND), limit=8)
    sound, lost = found.curve

    assert (found.scale, sound.skipped) == (0.5, "")
    assert "overflows float16: the state that leaves layer 2 is not finite at token" in lost.skipped
    assert math.isnan(lost.by_margin)
    assert lost.by_text is None
    assert [record.evidence.get("skipped", "") for record in records] == ["", lost.skipped]
    again = Experiment(
        scored.model, limit=6, max_new_tokens=2, name="test_it", finished={one.key: one for one in records}
    ).search(vector, scales=(0.5, BEYOND), limit=8)
    assert [one.skipped for one in again.curve] == ["", lost.skipped]


def test_a_search_of_nothing_else_says_so() -> None:
    points = [Point(2, 8.0, skipped="it overflows float16"), Point(2, 16.0, skipped="so does it")]
    with pytest.raises(DataError, match=r"all 2 points are passed over; at layer 2, scale 8: it overflows"):
        choice_of(points, "dev", 4)


@pytest.mark.slow
def test_a_dose_that_overflows_is_left_out_of_the_curve_by_name(
    scored: Experiment, records: list[Record], vector: SteeringVector
) -> None:
    response = scored.dose_response(Intervention(vector, scale=BEYOND), (1e-7, 2e-7, 1.0), 2, 4)

    assert math.isfinite(response.slope)
    assert len(records[0].evidence["scales"]) == 3
    assert "overflows float16" in records[0].evidence["skipped"][f"scale {BEYOND:g}"]


@pytest.fixture
def one_of_three_overflows(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(_context: object, intervention: Intervention, count: int, _seed: int) -> list[SteeringVector]:
        own = intervention.vector.only(intervention.at)
        return [own, -own, own * BEYOND][:count]

    monkeypatch.setattr(controls.null_registry, "NULLS", {"mine": drawn})
    monkeypatch.setattr("pytest_steering.experiments.null_shifts.NULLS", {"mine": drawn})


@pytest.mark.usefixtures("one_of_three_overflows")
def test_a_null_direction_that_overflows_is_counted_and_the_others_are_ranked(
    scored: Experiment, records: list[Record], vector: SteeringVector
) -> None:
    shift = scored.margin_shift(Intervention(vector), 3, 4)

    assert len(shift.nulls["mine"]) == 2
    assert shift.overflowing == {"mine": 1}
    assert shift.p >= 1 / 3
    assert records[0].evidence["overflowing"] == {"mine": 1}


def test_a_run_names_its_overflowing_arm_and_goes_on_with_the_others(
    scored: Experiment, records: list[Record], vector: SteeringVector
) -> None:
    result = scored.run(Intervention(vector, scale=0.5), controls=["negated"], doses=(2 * BEYOND,))
    lost = result[f"dose:{2 * BEYOND:g}"]

    assert all("overflows float16" in one.skipped for one in lost.outcomes)
    assert not any(one.skipped for one in result.steered.outcomes)
    assert [(one.id, one.arm) for one in result.findings if one.id == "arm-overflows"] == [
        ("arm-overflows", lost.name)
    ]
    assert {record.arm for record in records} >= {lost.name, "steered", "unsteered", "negated"}


def test_neutral_texts_have_no_numbers_of_an_arm_that_overflows(
    half: SteerableModel, vector: SteeringVector
) -> None:
    arms = {"mild": Intervention(vector), "beyond": Intervention(vector, scale=BEYOND)}
    texts = load_neutral()[:2]

    assert set(neutral_effects(half, arms, texts)) == {"mild"}
    assert set(neutral_kl(half, arms, texts)) == {"mild"}


def test_a_scale_that_overflows_is_beyond_any_effect(half: SteerableModel, vector: SteeringVector) -> None:
    arms = [Intervention(vector), Intervention(vector * 1e4)]
    _, found = of_equal_effect(half, arms, load_neutral()[:2], 0.01)

    (effect,) = neutral_effects(half, {"found": found}, load_neutral()[:2]).values()
    assert found.scale < 1
    assert effect.kl_95 >= 0.01


def test_a_reader_that_raises_leaves_a_record_that_says_so(
    scored: Experiment, records: list[Record], vector: SteeringVector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such word")

    monkeypatch.setattr("pytest_steering.experiments.asked_outcome.readings", broken)
    with pytest.raises(ValueError, match="no such word"):
        scored.run(Intervention(vector), controls=[])

    assert {record.arm for record in records} == {"unsteered", "steered"}
    assert records[-1].evidence["failed"] == "ValueError: no such word"
