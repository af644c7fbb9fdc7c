from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_steering.experiments.cell_spec import provenance_of
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return SteerableModel.load("starcoder")


def run(model: SteerableModel, finished: dict[str, Record] | None = None, pairs: int = 8) -> list[Record]:
    """One search and one scored run, over few samples; what is handed on as records."""
    records: list[Record] = []
    experiment = Experiment(model, limit=4, sink=records.append, finished=finished or {}, max_new_tokens=3)
    vector = experiment.extract(experiment.contrast_pairs(pairs))
    choice = experiment.search(vector, layers=[3], scales=[1.0, 1.25], limit=4)
    experiment.run(Intervention(vector, [choice.layer], choice.scale), controls=("random",))
    return records


@pytest.fixture(scope="module")
def first(model: SteerableModel) -> dict[str, Record]:
    """The cells of a finished run, as its file holds them."""
    return {record.key: from_line(to_line(record)) for record in run(model)}


@pytest.fixture
def nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no model answer."""

    def refuse(*_given: object, **_asked: object) -> None:
        raise AssertionError("the model was asked again")

    monkeypatch.setattr(SteerableModel, "complete", refuse)
    monkeypatch.setattr(SteerableModel, "choice_logprobs", refuse)


@pytest.mark.usefixtures("nothing_is_asked")
def test_finished_cells_are_not_run_again(model: SteerableModel, first: dict[str, Record]) -> None:
    assert run(model, first) == []


def test_a_resumed_result_has_the_numbers_of_the_first(
    model: SteerableModel, first: dict[str, Record]
) -> None:
    experiment = Experiment(model, limit=4, finished=first, max_new_tokens=3)
    vector = experiment.extract(experiment.contrast_pairs(8))
    choice = experiment.search(vector, layers=[3], scales=[1.0, 1.25], limit=4)
    result = experiment.run(Intervention(vector, [choice.layer], choice.scale), controls=("random",))
    again = {arm.record.key: arm.record for arm in result.arms.values()}
    assert again == {key: record for key, record in first.items() if key in again}
    assert "too-few-samples" in [one.id for one in result.findings]


def otherwise(first: dict[str, Record], part: str, value: dict[str, Any]) -> dict[str, Record]:
    """The cells, the steered one with something else in a part of its record."""
    steered = next(key for key, record in first.items() if record.arm == "steered" and record.outcomes)
    changed = replace(first[steered], **{part: {**getattr(first[steered], part), **value}})  # type: ignore[arg-type]
    assert changed.key == steered
    return {**first, steered: changed}


@pytest.mark.usefixtures("nothing_is_asked")
@pytest.mark.parametrize(
    "change",
    [
        {"evidence": {"failed": "it failed"}},
        {"provenance": {"sha256": "another vector"}},
        {"provenance": {"chooser": "another function that chooses positions"}},
        {"provenance": {"operation": "another function of that name"}},
        {"environment": {"weights": "others"}},
        {"environment": {"numerics": "cuda-sm90-bfloat16"}},
        {"environment": {"versions": {"torch": "1.0"}}},
        {"environment": {"reader": "another reader's source"}},
        {"spec": {"data": {"dataset": "twins", "split": "test", "samples": 4, "sha256": "other content"}}},
        {"spec": {"intervention": {"layers": [2], "scale": 0.5}}},
        {"evidence": {"claim": 0.9}},
    ],
)
def test_a_cell_that_failed_or_of_which_anything_that_decides_it_changed_is_measured_anew(
    model: SteerableModel, first: dict[str, Record], change: dict[str, dict[str, Any]]
) -> None:
    with pytest.raises(AssertionError, match="the model was asked again"):
        run(model, otherwise(first, *next(iter(change.items()))))


def reversed_verdict(first: dict[str, Record]) -> dict[str, Record]:
    """The cells with one verdict of the steered arm that is not the one of its text."""
    steered = next(key for key, record in first.items() if record.arm == "steered" and record.outcomes)
    one, *rest = first[steered].outcomes
    other = "no" if one.predicted == "yes" else "yes"
    forged = replace(one, predicted=other, correct=one.expected == other)
    return {**first, steered: replace(first[steered], outcomes=(forged, *rest))}


def test_a_verdict_that_is_not_that_of_its_text_is_named_and_measured_anew(
    model: SteerableModel, first: dict[str, Record]
) -> None:
    with pytest.warns(
        UserWarning, match="recorded verdicts are not what the reader says of the recorded texts"
    ):
        again = run(model, reversed_verdict(first))
    (steered,) = [one for one in again if one.arm == "steered" and one.outcomes]
    assert steered.outcomes == first[steered.key].outcomes


def test_what_is_measured_anew_is_the_cell_that_changed(
    model: SteerableModel, first: dict[str, Record]
) -> None:
    again = run(model, otherwise(first, "evidence", {"failed": "it failed"}))
    assert "steered" in {one.arm for one in again if one.outcomes}


def test_other_pairs_are_another_vector_and_each_is_measured(
    model: SteerableModel, first: dict[str, Record]
) -> None:
    again = run(model, first, pairs=4)
    assert {record.key for record in again} == set(first)


def test_what_chooses_positions_is_told_by_its_source(model: SteerableModel) -> None:
    experiment = Experiment(model, limit=4)
    vector = experiment.extract(experiment.contrast_pairs(2))
    told = provenance_of(Intervention(vector, [3], positions=lambda ids: [True] * len(ids)))
    assert len(told["chooser"]) == 16
    assert "chooser" not in provenance_of(Intervention(vector, [3]))


def test_a_run_of_a_test_is_not_taken_for_another_of_it(model: SteerableModel) -> None:
    records: list[Record] = []
    experiment = Experiment(model, limit=4, sink=records.append, max_new_tokens=3)
    vector = experiment.extract(experiment.contrast_pairs(8))
    for _ in range(2):
        experiment.run(Intervention(vector, [3], 1.0), controls=())
    assert len({record.key for record in records}) == len(records) == 4
    assert [record.spec.get("run") for record in records] == [None, None, 2, 2]
