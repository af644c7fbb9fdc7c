from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.experiments.grid_search import FINALISTS, search


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


def test_a_search_is_remembered_and_recorded_once(
    small: Experiment, intervention: Intervention, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    samples, task = small.samples("dev")[:6], type(small.questions.task)
    monkeypatch.setattr(task, "samples", lambda _self, _split=None: samples)
    first = small.search(intervention.vector, layers=[2], scales=[0.5, 1.0])
    assert [record.spec["purpose"] for record in records] == ["search", "search"]
    assert {record.spec["data"]["split"] for record in records} == {"dev"}
    again = replace(small, name="another").search(intervention.vector, layers=[2], scales=[0.5, 1.0])
    assert again is first
    assert len(records) == 2


def test_a_search_over_nothing_is_refused(small: Experiment, intervention: Intervention) -> None:
    from pytest_steering.errors import DataError

    with pytest.raises(DataError, match="at least one layer and one scale"):
        small.search(intervention.vector, scales=[])
