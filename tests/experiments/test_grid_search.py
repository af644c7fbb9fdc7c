from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sklearn.metrics import accuracy_score

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.experiments import grid_search
from pytest_steering.experiments.evaluation import evaluate
from pytest_steering.experiments.grid_search import FINALISTS, Choice, choice_of, search_accuracy
from tests.experiments.cells import outcome


def search(model: Any, task: Any, grid: Any, asked: Any, *, split: str, max_new_tokens: int) -> Choice:
    points, halvings = search_accuracy(model, task, grid, asked, max_new_tokens)
    return replace(choice_of(points, split, len(asked)), halvings=halvings)


@pytest.fixture
def small(experiment: Experiment) -> Experiment:
    return replace(experiment, memo={})


def test_every_layer_and_scale_is_on_the_curve_and_the_best_few_were_read(
    small: Experiment, intervention: Intervention
) -> None:
    task = small.questions.task
    asked = task.ask(small.samples("dev")[:12])
    choice = search(
        small.model,
        task,
        [Intervention(intervention.vector, [layer], scale) for layer in (1, 2) for scale in (0.5, 1.0, 1.5)],
        asked,
        split="dev",
        max_new_tokens=24,
    )
    assert [(point.layer, point.scale) for point in choice.curve] == [
        (layer, scale) for layer in (1, 2) for scale in (0.5, 1.0, 1.5)
    ]
    read = [point for point in choice.curve if point.by_text is not None]
    assert len(read) == FINALISTS
    best = max(point.by_text or 0.0 for point in read)
    assert (choice.layer, choice.scale) in {(p.layer, p.scale) for p in read if p.by_text == best}
    assert choice.samples == 12


def test_a_search_is_made_once_and_recorded_by_each_experiment_that_asks_for_it(
    small: Experiment, intervention: Intervention, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    samples, task = small.samples("dev")[:6], type(small.questions.task)
    monkeypatch.setattr(task, "samples", lambda _self, _split=None: samples)
    first = small.search(intervention.vector, layers=[2], scales=[0.5, 1.0])
    assert [record.spec["purpose"] for record in records] == ["search", "search"]
    assert {record.spec["data"]["split"] for record in records} == {"dev"}
    monkeypatch.setattr("pytest_steering.experiments.steps.search.search_accuracy", None)
    again = replace(small, name="another").search(intervention.vector, layers=[2], scales=[0.5, 1.0])
    assert again == first
    assert [record.experiment for record in records] == ["test_it", "test_it", "another", "another"]


def test_a_search_over_nothing_is_refused(small: Experiment, intervention: Intervention) -> None:
    from pytest_steering.errors import DataError

    with pytest.raises(DataError, match=r"^a search needs at least one layer and one scale$"):
        small.search(intervention.vector, scales=[])


LABELS = (1, 0, 1, 0)
GRID = [(layer, scale) for layer in (1, 2, 3) for scale in (0.5, 1.0)]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A search over `GRID` whose margins and answers are given, a list each a point; no model is asked."""
    handed: dict[str, Any] = {}

    def run(margins: Sequence[Sequence[float]], answers: Mapping[int, str]) -> Choice:
        def evaluated(_model: Any, task: Any, _asked: Any, arms: Mapping[str, Any], **options: Any) -> Any:
            handed.update(
                options, task=task, read=[number for number, one in enumerate(grid) if one in arms.values()]
            )
            given = {name: answers[grid.index(one)] for name, one in arms.items()}
            outcomes = {name: [outcome(n, one) for n, one in enumerate(said)] for name, said in given.items()}
            return SimpleNamespace(outcomes=outcomes, counts={"halvings": 3})

        def scored(_model: Any, _asked: Any, points: Any, counts: Any) -> Any:
            assert points is grid
            counts.halvings = 2
            return margins

        monkeypatch.setattr(grid_search, "likelihoods", scored)
        monkeypatch.setattr(grid_search, "evaluate", evaluated)
        grid: Any = [SimpleNamespace(at=[layer], scale=scale) for layer, scale in GRID]
        asked: Any = [SimpleNamespace(sample=SimpleNamespace(label=label)) for label in LABELS]
        anything: Any = None
        task: Any = "the task"
        return search(anything, task, grid, asked, split="dev", max_new_tokens=7)

    run.handed = handed  # type: ignore[attr-defined]
    return run


def margins(right: int) -> list[float]:
    """Margins whose sign is right for the first so many samples: above 0 says that the label is 1."""
    return [(1.0 if label else -1.0) * (1 if number < right else -1) for number, label in enumerate(LABELS)]


def said(right: int) -> list[str]:
    """Answers that are right for the first so many samples, and missing for the others."""
    return [("yes" if label else "no") if number < right else "none" for number, label in enumerate(LABELS)]


def test_a_margin_above_zero_says_that_what_is_asked_for_is_there(searched: Any) -> None:
    given = [margins(4), margins(0), margins(3), [0.0] * 4, [1e-9] * 4, margins(1)]
    found = searched(given, {number: said(1) for number in range(6)})
    assert [point.by_margin for point in found.curve] == [
        accuracy_score(LABELS, [one > 0 for one in arm]) for arm in given
    ]
    assert [point.by_margin for point in found.curve] == [1.0, 0.0, 0.75, 0.5, 0.5, 0.25]


def test_the_best_by_margin_are_read_and_of_equals_those_of_the_smaller_scale(searched: Any) -> None:
    found = searched([margins(n) for n in (4, 0, 3, 1, 2, 2)], {n: said(2) for n in range(6)})
    assert searched.handed["read"] == [0, 2, 4, 5]
    searched([margins(n) for n in (2, 2, 2, 2, 2, 2)], {n: said(2) for n in range(6)})
    assert searched.handed["read"] == [0, 1, 2, 4]
    assert [point.by_text for point in found.curve] == [0.5, None, 0.5, None, 0.5, 0.5]


def test_the_best_by_text_is_chosen_then_by_margin_then_of_the_smaller_scale(searched: Any) -> None:
    by_margin = [margins(n) for n in (4, 0, 3, 0, 2, 2)]
    by_text = searched(by_margin, {0: said(1), 2: said(2), 4: said(3), 5: said(2)})
    assert (by_text.layer, by_text.scale) == GRID[4]
    tied = searched(by_margin, {0: said(1), 2: said(3), 4: said(3), 5: said(3)})
    assert (tied.layer, tied.scale) == GRID[2]
    also_by_margin = searched(by_margin, {0: said(1), 2: said(1), 4: said(3), 5: said(3)})
    assert (also_by_margin.layer, also_by_margin.scale) == GRID[4]


def test_a_choice_says_where_on_how_many_samples_and_at_what_cost(searched: Any) -> None:
    found = searched([margins(2)] * 6, {n: said(2) for n in range(6)})
    assert (found.split, found.samples, found.halvings) == ("dev", 4, 5)
    assert [(point.layer, point.scale) for point in found.curve] == GRID
    assert (searched.handed["task"], searched.handed["max_new_tokens"]) == ("the task", 7)


def test_by_margin_and_by_text_are_what_a_run_of_the_point_scores(
    small: Experiment, intervention: Intervention
) -> None:
    task = small.questions.task
    asked = task.ask(small.samples("dev")[:12])
    grid = [Intervention(intervention.vector, [layer], 1.0) for layer in (1, 2, 3)]
    found = search(small.model, task, grid, asked, split="dev", max_new_tokens=24)
    arms = {str(number): one for number, one in enumerate(grid)}
    alone = evaluate(small.model, task, asked, arms, max_new_tokens=24).outcomes
    for number, point in enumerate(found.curve):
        outcomes = alone[str(number)]
        labels = [one.expected == "yes" for one in outcomes]
        assert point.by_margin == accuracy_score(labels, [(one.margin or 0.0) > 0 for one in outcomes])
        assert point.by_text == sum(one.correct is True for one in outcomes) / 12
