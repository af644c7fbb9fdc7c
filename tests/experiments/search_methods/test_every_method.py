from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import Experiment, Record, SteeringVector
from pytest_steering.errors import DataError
from pytest_steering.experiments.steps import search as step
from pytest_steering.identity import canonical
from pytest_steering.report.side_measurements import beside_texts
from pytest_steering.run_folder.looks import looks_at
from pytest_steering.run_folder.runs import Run
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.scores.score import FunctionScore
from pytest_steering.tasks.text import TextTask


@pytest.fixture(scope="module")
def vector(starcoder2: Any) -> SteeringVector:
    experiment = Experiment(starcoder2)
    return experiment.extract(experiment.contrast_pairs(8))


@pytest.fixture
def lettered(starcoder2: Any, records: list[Record]) -> Experiment:
    """Code is gone on with, and of what is written the share of the letter e is the score."""
    rows = [
        Sample(f"s{n}", f"def f{n}(x):\n    return x +", split="test" if n < 4 else "dev") for n in range(16)
    ]
    score = FunctionScore("es", of=lambda _prompt, text: text.count("e") / (len(text) or 1))
    task = TextTask(rows, score, guards=(), name="letters")
    return Experiment(starcoder2, task, max_new_tokens=3, name="t", node_id="a.py::t", sink=records.append)


def points(records: list[Record]) -> set[str]:
    return {canonical(one.spec["intervention"]) for one in records}


@pytest.mark.parametrize(("method", "budget", "looked_at"), [("tpe", 10, 10), ("halving", None, 8)])
def test_each_point_is_recorded_told_and_counted_as_a_look(
    lettered: Experiment,
    vector: SteeringVector,
    records: list[Record],
    tmp_path: Any,
    method: Any,
    budget: int | None,
    looked_at: int,
) -> None:
    choice = lettered.search(
        vector, layers=[0, 1, 2, 3], scales=[0.5, 1.0], method=method, budget=budget, positions="all"
    )

    assert len(choice.curve) == len(points(records)) == looked_at
    (told,) = beside_texts(records)
    assert told.startswith(f"searched {looked_at} points on dev by {method}")
    run = Run(tmp_path / "runs" / "1")
    for one in records:
        run.append(one)
    run.append(replace(records[0], spec={**records[0].spec, "purpose": "score"}))
    assert [one.here for one in looks_at(run)] == [looked_at]


@pytest.mark.parametrize("method", ["tpe", "halving"])
def test_a_search_that_is_gone_on_with_runs_nothing_again_and_chooses_the_same(
    lettered: Experiment,
    vector: SteeringVector,
    records: list[Record],
    method: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: dict[str, Any] = {"layers": [0, 1, 2, 3], "scales": [0.5, 1.0], "method": method}
    options |= {"budget": 10} if method == "tpe" else {}
    choice = lettered.search(vector, **options)
    finished = {one.key: one for one in records}
    records.clear()
    tried: list[int] = []
    really = step._tried

    def counted(context: Any, grid: Any, asked: Any) -> Any:
        tried.append(len(grid))
        return really(context, grid, asked)

    monkeypatch.setattr(step, "_tried", counted)

    again = replace(lettered, memo={}, finished=finished).search(vector, **options)
    assert (tried, records) == ([], [])
    assert repr(again.curve) == repr(choice.curve)
    assert again == choice

    # Cut off in its last look: that alone is made again.
    partly = dict(list(finished.items())[:-1])
    last = replace(lettered, memo={}, finished=partly).search(vector, **options)
    assert len(tried) == 1
    assert repr(last.curve) == repr(choice.curve)


def test_only_points_that_were_asked_all_samples_are_chosen_from(
    lettered: Experiment, vector: SteeringVector, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    really = step._tried

    def better_on_few(context: Any, grid: Any, asked: Any) -> Any:
        found, halvings = really(context, grid, asked)
        return [replace(one, score=1.0 / len(asked) + one.layer / 100) for one in found], halvings

    monkeypatch.setattr(step, "_tried", better_on_few)
    choice = lettered.search(vector, layers=[0, 1, 2, 3], scales=[0.5], method="halving")

    assert {point.layer: point.samples for point in choice.curve} == {0: 4, 1: 4, 2: 12, 3: 12}
    assert (choice.layer, choice.samples) == (3, 12)
    (told,) = beside_texts(records)
    assert told.startswith(
        "searched 4 points on dev by halving, 2 of them on all 12 samples: es 0.10 at 2@0.5 to"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"method": "tpee"},
            r"no way to search named 'tpee'; did you mean 'tpe'\? there are grid, tpe, halv",
        ),
        ({"budget": 3}, r"a grid looks at each of its \d+ points: leave budget=3 out"),
        ({"budget": 0, "method": "tpe"}, r"budget=0 is no whole number of at least 1"),
        ({"budget": 8.5, "method": "tpe"}, r"budget=8.5 is no whole number of at least 1"),
        ({"seed": -1, "method": "tpe"}, r"seed=-1 is no whole number of at least 0"),
        ({"budget": 1, "method": "halving"}, r"budget of 1 is too small"),
        ({"split": "test", "method": "tpe"}, r"chosen on 'test', the split that is scored"),
    ],
)
def test_what_cannot_be_searched_so_is_refused_before_anything_runs(
    lettered: Experiment, vector: SteeringVector, records: list[Record], options: Any, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        lettered.search(vector, **options)
    assert records == []
