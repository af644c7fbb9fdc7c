"""A task of another kind, the score of an open text, is a class in a user's conftest and nothing else."""

from __future__ import annotations

import pytest

from pytest_steering.comparison import Comparison
from tests.films import run_project

# tests/tasks/test_another_kind.py holds the same of a task in hand.
pytestmark = pytest.mark.slow

CONFTEST = """
import random
from pytest_steering import Asked, ContrastPair, Planted, Reading, Sample, Task, metrics
from tests.films import GENRES, QUESTION, WORDS, review

class Mood(Task):
    kind = "text"
    form = "asked for a word"
    words = WORDS

    def samples(self, split=None):
        draw = random.Random(1)
        genres = [GENRES[n % 4] for n in range(24)]
        return [
            Sample(f"film {n}", review(draw, genre, n % 8 > 3), group=genre, split=split or "all")
            for n, genre in enumerate(genres)
        ]

    def ask(self, samples, words="", tokenizer=None):
        asked = f"{words} {QUESTION}" if words else QUESTION
        return [Asked(one, f"{one.text}\\n\\nQuestion: {asked}\\nAnswer:") for one in samples]

    def read(self, text, asked):
        if "film 3" == asked.sample.id:
            return Reading(scores={"mood": None})
        return Reading(scores={"mood": 1.0 if "Positive" in text else -1.0})

    def planted(self):
        asked = Asked(Sample("planted"), "")
        return [Planted("a glad word", "Positive.", asked, lambda found: found.scores["mood"] == 1.0)]

def pytest_steering_tasks(config):
    metrics.register(metrics.Metric(
        "mood", "mood", "mean mood of the answers", metrics.Mean(lambda one: one.scores.get("mood")),
        bounds=(-1.0, 1.0),
    ))
    return {"mood": Mood}
"""

TESTS = """
import pytest
from pytest_steering import ContrastPair, Intervention, SteeringError

@pytest.mark.steering(task="mood", split="test", max_new_tokens=3)
def test_care_sobers(steering):
    vector = steering.extract([ContrastPair("Read it with care.", "Read it.", "mine")])
    result = steering.run(Intervention(vector, [0], 4.0), controls=("random", "prompted"))
    assert result["unsteered"]["mood"] == 1.0
    assert result["prompted"]["mood"] == pytest.approx(1 - 2 * 8 / 23)
    result.expect("mood", arm="prompted").at_most(0.8)
    result.expect_baseline(metric="mood", margin=0.2)
    with pytest.raises(SteeringError, match="no sample has 'accuracy', so nothing can be held"):
        result.expect_baseline()

@pytest.mark.steering(task="mood", split="test")
def test_what_it_does_not_have(steering):
    vector = steering.extract([ContrastPair("Read it with care.", "Read it.", "mine")])
    with pytest.raises(SteeringError, match="'film 0' is asked without answers"):
        steering.margin_shift(Intervention(vector, [0], 1.0), samples=4)
    with pytest.raises(SteeringError, match="no sample of split 'dev' has a label"):
        steering.search(vector)

@pytest.mark.steering(task="mood", form="haiku")
def test_an_option_that_it_does_not_know(steering):
    with pytest.raises(SteeringError, match="'mood' does not know form='haiku'"):
        steering.scored

@pytest.mark.steering(task="moody")
def test_a_name_that_nothing_has(steering):
    with pytest.raises(SteeringError, match="no task is named 'moody'; known are .*mood.*twins"):
        steering.scored

@pytest.mark.steering(task="mood", dataset="twins")
def test_two_names(steering):
    with pytest.raises(SteeringError, match="both say what is scored"):
        steering.scored
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, str]:
    """The arms of the run, and what it printed."""
    records, printed = run_project(tmp_path_factory.mktemp("mood"), CONFTEST, TESTS)
    assert "5 passed" in printed, printed
    return Comparison.of(one for one in records if one.spec["purpose"] == "score"), printed


def test_texts_are_scored_in_every_arm_and_one_that_cannot_be_is_kept_apart(
    run: tuple[Comparison, str],
) -> None:
    comparison, _ = run
    assert set(comparison.arms) == {"unsteered", "steered", "random:0", "random:1", "random:2", "prompted"}
    for arm in comparison.arms.values():
        assert [one.id for one in arm.run if one.scores["mood"] is None] == ["film 3"]
        assert {one.predicted for one in arm.run} == {""}
        assert arm.record.metrics["mood"] == arm["mood"]


def test_nothing_is_said_of_right_and_wrong_where_no_answer_is_either(run: tuple[Comparison, str]) -> None:
    comparison, printed = run
    assert all(arm["accuracy"] is None for arm in comparison.arms.values())
    found = {str(one["id"]) for arm in comparison.arms.values() for one in arm.record.findings}
    assert not found & {"random-as-large", "too-few-samples", "answered-share-low", "one-group-carries"}
    assert "always yes" not in printed


def test_the_mean_can_be_held_against_a_baseline(run: tuple[Comparison, str]) -> None:
    _, printed = run
    assert "gate: nothing to compare; 1 cell has no baseline" in printed
    assert "no baseline: test_care_sobers on" in printed


def test_its_planted_answers_test_what_reads_its_answers(run: tuple[Comparison, str]) -> None:
    comparison, _ = run
    assert comparison.evidence["reader"] == {"asked": 1, "wrong": []}
