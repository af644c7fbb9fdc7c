from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.errors import DataError
from pytest_steering.experiments.cell_spec import provenance_of
from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.steps import search as step

POINTS = [(1, 0.5), (1, 1.0), (2, 0.5), (2, 1.0)]


@pytest.fixture
def small(experiment: Experiment) -> Experiment:
    return replace(experiment, memo={})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the search was asked; its choice is made up, and no model runs."""
    handed: dict[str, Any] = {}

    def made_up(
        _model: Any, task: Any, grid: Sequence[Intervention], asked: Any, most: int
    ) -> tuple[list[Point], int]:
        handed.update(task=task, grid=grid, asked=asked, max_new_tokens=most)
        return [Point(one.at[0], one.scale, one.at[0] / 10, one.scale / 2) for one in grid], 3

    monkeypatch.setattr(step, "search_accuracy", made_up)
    return handed


def test_every_point_is_recorded_with_its_intervention_data_and_accuracies(
    small: Experiment, intervention: Intervention, records: list[Record], asked: dict[str, Any]
) -> None:
    choice = small.search(intervention.vector, layers=[1, 2], scales=[0.5, 1.0], limit=6)
    at = [(one.spec["intervention"]["layers"], one.spec["intervention"]["scale"]) for one in records]
    assert at == [([layer], scale) for layer, scale in POINTS]
    for record, (layer, scale) in zip(records, POINTS, strict=True):
        assert record.metrics == {"accuracy_by_margin": layer / 10, "accuracy_by_text": scale / 2}
        assert record.counts == {"halvings": 3}
        assert record.spec["purpose"] == "search"
        assert record.spec["data"]["dataset"] == small.questions.source.name
        assert record.spec["data"]["split"] == "dev"
        assert record.environment["weights"] == small.model.weights
        point = replace(intervention, layers=[layer], scale=scale)
        assert record.provenance["sha256"] == provenance_of(point)["sha256"]
    assert len({record.key for record in records}) == 4
    assert (choice.split, choice.samples) == ("dev", 6)


def test_what_was_searched_on_is_remembered_by_the_experiment_and_by_the_vector_that_was_found(
    small: Experiment, intervention: Intervention, asked: dict[str, Any]
) -> None:
    for _ in range(2):  # the second time the search itself is remembered
        choice = small.search(intervention.vector, layers=[1, 2], scales=[1.0], limit=4)
    samples = [one.sample for one in asked["asked"]]
    assert small.context.searches == [("dev", samples)]
    found = choice.intervention
    assert found is not None
    assert (found.at, found.scale) == ((choice.layer,), choice.scale)
    assert found.vector == intervention.vector
    assert found.vector.sources.read == intervention.vector.sources.read
    assert found.vector.sources.searched.whole == {one.text for one in samples}


def test_another_experiment_searches_for_itself(
    small: Experiment, intervention: Intervention, asked: dict[str, Any]
) -> None:
    other = replace(small, name="another", searches=[])
    other.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    small.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    assert small.context.searches == other.context.searches
    third = replace(small, searches=[])
    assert third.context.searches == []


def test_a_search_that_another_experiment_made_before_is_recorded_here_too_as_if_it_had_not(
    small: Experiment, intervention: Intervention, records: list[Record], asked: dict[str, Any]
) -> None:
    alone, beside = (replace(small, name="another", node_id="b.py::another", searches=[]) for _ in range(2))
    alone.memo = {}
    alone.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    small.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    beside.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    assert [record.experiment for record in records] == ["another", "test_it", "another"]
    assert records[2] == records[0]


def test_the_split_that_is_scored_is_refused(small: Experiment, intervention: Intervention) -> None:
    with pytest.raises(
        DataError, match=r"^layer and scale would be chosen on 'test', the split that is scored"
    ):
        small.search(intervention.vector, split="test")


def test_the_grid_is_every_block_of_the_vector_unless_some_are_named(
    small: Experiment, intervention: Intervention, asked: dict[str, Any]
) -> None:
    small.search(intervention.vector, scales=[1.0], limit=4)
    assert [one.at for one in asked["grid"]] == [(layer,) for layer in intervention.vector.layers]
    assert {one.vector for one in asked["grid"]} == {intervention.vector}
    assert asked["max_new_tokens"] == small.context.max_new_tokens
    assert asked["task"] is small.questions.source


def test_only_samples_with_a_label_are_asked_evenly_over_the_split(
    small: Experiment, intervention: Intervention, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = type(small.questions.source)
    every = small.samples("dev")[:12]
    some = [replace(one, label=None) if number < 4 else one for number, one in enumerate(every)]
    monkeypatch.setattr(task, "samples", lambda _self, split=None: some if split == "dev" else every)
    small.search(intervention.vector, layers=[2], scales=[1.0])
    assert [one.sample.id for one in asked["asked"]] == [one.id for one in every[4:]]
    small.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    chosen = [one.sample.id for one in asked["asked"]]
    assert len(chosen) == 4
    assert set(chosen) < {one.id for one in every[4:]}


def test_a_split_without_labels_says_that_nothing_tells_which_point_is_best(
    small: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlabelled = [replace(one, label=None) for one in small.samples("dev")[:4]]
    monkeypatch.setattr(type(small.questions.source), "samples", lambda _self, _split=None: unlabelled)
    with pytest.raises(DataError, match="no sample of split 'dev' has a label"):
        small.search(intervention.vector, layers=[2], scales=[1.0])


def test_what_a_search_depends_on_is_what_another_one_is_made_anew_for(
    small: Experiment, intervention: Intervention, records: list[Record], asked: dict[str, Any]
) -> None:
    first = small.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    again = small.search(intervention.vector, layers=[2], scales=[1.0], limit=4)
    assert again.curve[0] is first.curve[0]
    other = replace(
        intervention.vector, directions={k: -v for k, v in intervention.vector.directions.items()}
    )
    for changed in (
        {"vector": other},
        {"layers": [1]},
        {"scales": [0.5]},
        {"limit": 6},
        {"forced": True},
    ):
        options: dict[str, Any] = {
            "vector": intervention.vector,
            "layers": [2],
            "scales": [1.0],
            "limit": 4,
            **changed,
        }
        assert small.search(**options).curve[0] is not first.curve[0], changed
    assert len(records) == 7


def test_a_finished_search_is_read_from_its_records_and_an_unfinished_one_is_made_again(
    small: Experiment, intervention: Intervention, records: list[Record], asked: dict[str, Any]
) -> None:
    choice = small.search(intervention.vector, layers=[1, 2], scales=[0.5, 1.0], limit=6)
    finished = {record.key: record for record in records}
    records.clear()
    asked.clear()
    resumed = replace(small, memo={}, finished=finished)
    again = resumed.search(intervention.vector, layers=[1, 2], scales=[0.5, 1.0], limit=6)
    assert (asked, records) == ({}, [])
    assert again == choice
    assert again.curve == choice.curve
    partly = replace(small, memo={}, finished=dict(list(finished.items())[:3]))
    partly.search(intervention.vector, layers=[1, 2], scales=[0.5, 1.0], limit=6)
    assert len(asked["grid"]) == 4


@pytest.mark.parametrize(("method", "budget"), [("tpe", 19), ("halving", None)])
def test_accuracy_is_searched_by_any_method_and_chosen_by_what_was_read(
    small: Experiment, intervention: Intervention, asked: dict[str, Any], method: Any, budget: int | None
) -> None:
    choice = small.search(
        intervention.vector, layers=[1, 2, 3], scales=[0.5, 1.0, 1.5], limit=12, method=method, budget=budget
    )
    whole = [point for point in choice.curve if point.samples == 12]
    assert (choice.layer, choice.scale) == max(
        ((point.layer, point.scale) for point in whole), key=lambda at: (at[1], at[0])
    )
    # One that is proposed again counts against the budget, and stands there once.
    assert len(choice.curve) in (range(15, 20) if budget else [9])
