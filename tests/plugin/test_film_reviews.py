"""240 film reviews and a sentiment reader, all in a user's conftest: asked and scored as their task says."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from pytest_steering.comparison import Comparison
from tests.films import GENRES, QUESTION, WORDS, review, run_project

CONFTEST = f"""
import re
from pytest_steering import VerdictTask

PRAISE, BLAME = ("positive", "praise", "love"), ("negative", "blame", "hate")

def sentiment(text, question):
    words = re.findall("[a-z]+", text.lower())
    said = ["not" not in words[:place] for place, word in enumerate(words) if word in PRAISE]
    said += ["not" in words[:place] for place, word in enumerate(words) if word in BLAME]
    return "none" if len(set(said)) != 1 else "yes" if said[0] else "no"

def pytest_steering_tasks(config):
    return {{
        "reviews": VerdictTask.from_file(
            config.rootpath / "films.jsonl",
            question={QUESTION!r}, yes=" Positive", no=" Negative", reader=sentiment, words={WORDS!r},
        )
    }}
"""

TESTS = """
import pytest
from pytest_steering import Intervention

@pytest.mark.steering(task="reviews", split="test", max_new_tokens=4)
def test_care_brings_out_what_reviews_think(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector, scales=[0.5, 1.0, 2.0])
    result = steering.run(
        Intervention(vector, [choice.layer], choice.scale),
        controls=("zero", "random", "negated", "shuffled", "prompted"),
    )
    result.expect("balanced_accuracy").improves(by=0.1)
    assert result.groups == ["comedy", "drama", "horror", "western"]
    assert result.against_unsteered(group="horror").fixed == 0
    assert result.against_unsteered(group="drama").fixed > 5
"""


def films() -> Iterator[dict[str, object]]:
    """120 pairs of reviews of one film, the one good and the other bad."""
    draw = random.Random(0)
    for number in range(120):
        genre = GENRES[number % 4]
        for label in (1, 0):
            yield {
                "text": review(draw, genre, bool(label)),
                "label": label,
                "group": genre,
                "pair_id": f"film {number}",
            }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, str]:
    """The arms of the run, and what it printed."""
    project = tmp_path_factory.mktemp("reviews")
    rows = "".join(json.dumps(row) + "\n" for row in films())
    (project / "films.jsonl").write_text(rows, encoding="utf-8")
    records, printed = run_project(project, CONFTEST, TESTS)
    assert "1 passed" in printed, printed
    return Comparison.of(one for one in records if one.spec["purpose"] == "score"), printed


def test_reviews_are_asked_as_their_task_says(run: tuple[Comparison, str]) -> None:
    comparison, printed = run
    spec = comparison.steered.record.spec
    assert (spec["data"]["dataset"], spec["prompt"]["form"]) == ("reviews", QUESTION)
    assert spec["reader"] == "sentiment"
    assert comparison["prompted"].record.spec["intervention"] == {"header": WORDS}
    assert f"reviews · test · {QUESTION}" in printed


def test_reviews_are_scored_by_their_own_reader_in_every_arm(run: tuple[Comparison, str]) -> None:
    comparison, _ = run
    controls = {"zero", "random:0", "random:1", "random:2", "negated", "shuffled", "prompted", "threshold"}
    assert set(comparison.arms) == {"unsteered", "steered"} | controls
    for arm in comparison.arms.values():
        assert {one.rule for one in arm.run} == {"threshold" if arm.name == "threshold" else "sentiment"}
        assert all(one.margin is not None for one in arm.run)
    assert {one.predicted for one in comparison.unsteered.run} == {"yes"}
    assert comparison.unsteered.accuracy == comparison["negated"].accuracy == 0.5
    assert comparison.steered.accuracy == comparison["prompted"].accuracy == pytest.approx(0.875, abs=0.03)


def test_findings_say_what_is_true_of_this_model(run: tuple[Comparison, str]) -> None:
    comparison, _ = run
    assert comparison.evidence["reader"] == {"asked": 11, "wrong": []}
    found = {str(one["id"]): one for one in comparison.steered.record.findings}
    known = {"one-group-carries", "unsteered-constant", "truth-was-there", "random-as-large"}
    assert set(found) == known | {"threshold-as-good", "prompt-as-good", "side-effects"}
    assert "in horror" in found["one-group-carries"]["sentence"]
    assert "'yes'" in found["unsteered-constant"]["sentence"]


def test_the_effect_is_broken_down_by_their_own_groups(run: tuple[Comparison, str]) -> None:
    comparison, printed = run
    assert comparison.groups == list(GENRES)
    sizes = Counter(one.group for one in comparison.steered.run)
    lines = {line.split()[0]: line for line in printed.splitlines() if line.strip().startswith(GENRES)}
    assert set(lines) == set(GENRES)
    for genre, line in lines.items():
        assert f" {sizes[genre]} " in line
        assert line.split()[-1] == ("+0.00" if genre == "horror" else "+0.50")


def test_what_was_understood_of_the_file_is_said(run: tuple[Comparison, str]) -> None:
    _, printed = run
    said = " ".join(printed.split())
    assert "240 samples: 120 present, 120 absent; 120 pairs" in said
    assert "splits made of the texts' hashes, what belongs together kept together" in said
