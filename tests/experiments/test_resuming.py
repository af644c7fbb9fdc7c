from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.experiments.experiment import Experiment
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return SteerableModel.load("starcoder")


def run(model: SteerableModel, finished: dict[str, Record] | None = None) -> list[Record]:
    """One search and one scored run, over few samples; what is handed on as records."""
    records: list[Record] = []
    experiment = Experiment(model, limit=12, sink=records.append, finished=finished or {}, max_new_tokens=8)
    vector = experiment.extract(experiment.contrast_pairs(8))
    choice = experiment.search(vector, layers=[3], scales=[1.0, 1.25], limit=12)
    experiment.run(Intervention(vector, [choice.layer], choice.scale), controls=("random",))
    return records


@pytest.fixture(scope="module")
def first(model: SteerableModel) -> dict[str, Record]:
    """The cells of a finished run, as its file holds them."""
    return {record.key: from_line(to_line(record)) for record in run(model)}


def test_finished_cells_are_not_run_again(
    model: SteerableModel, first: dict[str, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_asked: object) -> None:
        raise AssertionError("the model was asked again")

    monkeypatch.setattr(SteerableModel, "complete", refuse)
    monkeypatch.setattr(SteerableModel, "choice_logprobs", refuse)
    assert run(model, first) == []


def test_a_resumed_result_has_the_numbers_of_the_first(
    model: SteerableModel, first: dict[str, Record]
) -> None:
    experiment = Experiment(model, limit=12, finished=first, max_new_tokens=8)
    vector = experiment.extract(experiment.contrast_pairs(8))
    choice = experiment.search(vector, layers=[3], scales=[1.0, 1.25], limit=12)
    result = experiment.run(Intervention(vector, [choice.layer], choice.scale), controls=("random",))
    again = {arm.record.key: arm.record for arm in result.arms.values()}
    assert again == {key: record for key, record in first.items() if key in again}
    assert [one.id for one in result.findings if one.severity == "invalid"] == ["too-few-samples"]


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": {"failed": "it failed"}},
        {"provenance": {"sha256": "another vector"}},
        {"environment": {"weights": "others", "numerics": "cpu-float32"}},
    ],
)
def test_a_cell_of_another_vector_or_other_weights_or_that_failed_is_run_again(
    model: SteerableModel, first: dict[str, Record], change: dict[str, dict[str, str]]
) -> None:
    steered = next(key for key, record in first.items() if record.arm == "steered" and record.outcomes)
    other = {**first, steered: replace(first[steered], **change)}  # type: ignore[arg-type]
    assert steered in {record.key for record in run(model, other)}
