"""A vector that scored samples stand behind is found, whichever way they came into it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ContrastPair, Experiment, Intervention, Record, SteerableModel, SteeringVector
from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.observation.run_evidence import before
from pytest_steering.experiments.observation.vector_sources import stands_behind
from pytest_steering.experiments.steps import search as step
from pytest_steering.report.terminal import report_lines
from pytest_steering.steering.joint import AnyIntervention, Joint
from pytest_steering.tasks.sample_selection import evenly
from tests.experiments.test_context import written

LAYERS = [2]


@pytest.fixture
def scored(starcoder2: SteerableModel) -> Experiment:
    return Experiment(starcoder2, limit=16)


def renamed(text: str) -> str:
    """Change the longest name of a text wherever it stands."""
    longest = max(re.findall(r"[A-Za-z_]{5,}", text.partition("\n### Question")[0]), key=len)
    return re.sub(rf"\b{longest}\b", "renamed_value", text)


def prompts(
    experiment: Experiment, split: str, change: Callable[[str], str] = str
) -> tuple[list[str], list[str]]:
    """The prompts of the present and of the absent samples of a split."""
    asked = experiment.questions.ask(evenly(experiment.samples(split), 16))
    present, absent = ([change(one.prompt) for one in asked if one.sample.label == label] for label in (1, 0))
    return present, absent


def contrast(experiment: Experiment, split: str, change: Callable[[str], str] = str) -> SteeringVector:
    return SteeringVector.from_contrast(experiment.model, *prompts(experiment, split, change), layers=LAYERS)


def through_a_file(vector: SteeringVector, folder: Path) -> SteeringVector:
    vector.save(folder / "vector.safetensors")
    return SteeringVector.load(folder / "vector.safetensors")


def seen(experiment: Experiment, vector: SteeringVector) -> dict[str, Any]:
    return stands_behind(experiment.context, vector.sources)


def state(experiment: Experiment, vector: SteeringVector) -> str:
    return str(seen(experiment, vector)["origin"]["state"])


LEAKS: dict[str, Callable[[Experiment, Path], SteeringVector]] = {
    "from_contrast": lambda e, _: contrast(e, "test"),
    "through a file": lambda e, folder: through_a_file(contrast(e, "test"), folder),
    "rescaled": lambda e, _: 1.0001 * contrast(e, "test"),
    "negated twice and cut": lambda e, _: -(-contrast(e, "test")).only(LAYERS),
    "rescaled through a file": lambda e, folder: 1.0001 * through_a_file(2 * contrast(e, "test"), folder),
    "a part of a clean vector": lambda e, _: contrast(e, "train") + 0.01 * contrast(e, "test"),
    "added to one of nobody": lambda e, _: (
        SteeringVector(contrast(e, "train").directions) - contrast(e, "test")
    ),
    "one name changed": lambda e, _: contrast(e, "test", renamed),
    "one name changed, through a file": lambda e, folder: through_a_file(
        contrast(e, "test", renamed), folder
    ),
    "other white space": lambda e, _: contrast(e, "test", lambda text: text.replace("    ", "\t")),
    "comments": lambda e, _: contrast(e, "test", lambda text: re.sub(r"([;:{])\n", r"\1  // a note\n", text)),
    "another question": lambda e, _: contrast(
        e, "test", lambda text: f"Review this: {text.partition('### Q')[0]}"
    ),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_vector_that_scored_samples_were_read_for_overlaps(
    scored: Experiment, tmp_path: Path, leak: Callable[[Experiment, Path], SteeringVector]
) -> None:
    found = seen(scored, leak(scored, tmp_path))
    assert found["origin"]["state"] == "overlapping"
    assert found["overlap"]["samples"] + found["overlap"]["near"] >= len(scored.scored) / 2
    assert found["overlap"]["examples"]


@pytest.mark.parametrize("part", ["second", "condition", "joined"])
def test_no_vector_of_an_intervention_may_know_what_is_scored(scored: Experiment, part: str) -> None:
    clean, leaky = (contrast(scored, split) for split in ("train", "test"))
    made: dict[str, Callable[[SteeringVector], AnyIntervention]] = {
        "second": lambda other: Intervention(clean, operation="rotate(angle=20)", second=other),
        "condition": lambda other: Intervention(clean, when="similarity > 0", condition=other),
        "joined": lambda other: Joint(Intervention(clean), Intervention(other)),
    }
    states = [
        before(scored.context, made[part](other), None, scored.model.weights)["origin"]["state"]
        for other in (clean, leaky)
    ]
    assert states == ["clean", "overlapping"]


def test_pairs_under_ids_of_ones_own_with_a_name_changed_overlap(scored: Experiment) -> None:
    sides = prompts(scored, "test", renamed)
    pairs = [ContrastPair(*both, f"mine {n}") for n, both in enumerate(zip(*sides, strict=True))]
    assert state(scored, scored.extract(pairs, layers=LAYERS)) == "overlapping"


def test_vectors_of_training_samples_are_clean_however_they_are_made(
    scored: Experiment, tmp_path: Path
) -> None:
    own = scored.extract(scored.contrast_pairs(16), layers=LAYERS)
    for vector in (own, contrast(scored, "train"), 2 * own - own, through_a_file(own, tmp_path)):
        assert seen(scored, vector)["overlap"] == {"samples": 0, "near": 0, "scored": 16, "examples": []}
        assert state(scored, vector) == "clean"
    assert seen(scored, own)["origin"]["texts"] == 32


def test_a_vector_made_by_hand_or_of_an_older_file_is_unknown_and_not_clean(scored: Experiment) -> None:
    own = scored.extract(scored.contrast_pairs(16), layers=LAYERS)
    assert state(scored, SteeringVector(own.directions)) == "unknown"
    assert state(scored, own + SteeringVector(own.directions)) == "unknown"


def test_a_vector_of_a_data_set_that_is_not_there_is_judged_by_its_texts(
    starcoder2: SteerableModel, scored: Experiment, tmp_path: Path
) -> None:
    written(tmp_path / "mine.jsonl", "strcpy", "memcpy")
    elsewhere = Experiment(starcoder2, dataset="mine", data_paths={"mine": tmp_path / "mine.jsonl"})
    vector = elsewhere.extract(elsewhere.contrast_pairs(2), layers=LAYERS)
    assert state(scored, vector) == "clean"


def found_beside(
    experiment: Experiment, vector: SteeringVector, monkeypatch: pytest.MonkeyPatch
) -> SteeringVector:
    """What another experiment's search on the samples that are scored here returns; no model is asked."""

    def made_up(_model: Any, _task: Any, grid: Any, *_: Any) -> tuple[list[Point], int]:
        return [Point(one.at[0], one.scale, 0.5, 0.5) for one in grid], 0

    monkeypatch.setattr(step, "search_accuracy", made_up)
    beside = replace(experiment, name="test_beside", split="dev", searches=[], memo={})
    found = beside.search(vector, layers=LAYERS, scales=[1.0], split="test").intervention
    assert found is not None
    return found.vector


def test_a_vector_that_was_chosen_on_scored_samples_says_so_rescaled_in_a_sum_and_from_a_file(
    scored: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = scored.extract(scored.contrast_pairs(16), layers=LAYERS)
    found = found_beside(scored, own, monkeypatch)
    for vector in (found, 1.0001 * found, -found, own + found, through_a_file(1.0001 * found, tmp_path)):
        (searched,) = seen(scored, vector)["searched"]
        assert searched["overlap"] == len(scored.scored)
        assert state(scored, vector) == "clean", "it was not read from them"
    assert seen(scored, own)["searched"] == []


def test_a_search_of_this_experiment_counts_for_every_vector_that_it_runs(scored: Experiment) -> None:
    scored.context.note_search("dev", [one.sample for one in scored.scored][:4])
    own = scored.extract(scored.contrast_pairs(16), layers=LAYERS)
    for vector in (own, 1.0001 * own, SteeringVector(own.directions)):
        assert seen(scored, vector)["searched"] == [
            {"split": "dev", "samples": 4, "overlap": 4, "near": 0, "scored": 16}
        ]
    own_ids = [
        replace(one, id=f"mine {one.id}", pair_id=None, dataset="mine") for one in scored.samples("test")
    ]
    other = replace(scored, searches=[("dev", own_ids)])
    assert seen(other, own)["searched"][0]["overlap"] == len(scored.scored), "whatever the ids are"


def test_a_search_of_a_sibling_whose_numbers_alone_are_taken_over_is_named_in_the_report_of_the_run(
    scored: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[Record] = []
    experiment = replace(scored, name="test_here", node_id="t.py::test_here", sink=records.append, limit=8)
    own = experiment.extract(experiment.contrast_pairs(16), layers=LAYERS)
    experiment.run(Intervention(own, LAYERS, 1.0), controls=())
    alone = [line for line in report_lines(records, 300) if "searched-elsewhere" in line]
    found_beside(replace(experiment, node_id="t.py::test_beside"), own, monkeypatch)
    lines = [line for line in report_lines(records, 300) if "searched-elsewhere" in line]
    assert not alone
    assert lines == [
        "  limits (steered): searched-elsewhere: 8 of 8 scored samples were searched by t.py::test_beside"
    ]
