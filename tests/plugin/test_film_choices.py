"""Film reviews as choices: a file of options, two lines of a conftest, a test; no answer is written."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from pytest_steering.comparison import Comparison
from tests.films import GENRES, QUESTION, WORDS, review, run_project

pytestmark = pytest.mark.slow  # test_film_reviews.py tries the same reviews as verdicts, quickly

CONFTEST = f"""
from pytest_steering import ChoiceTask

def pytest_steering_tasks(config):
    return {{"films": ChoiceTask.from_file(
        config.rootpath / "films.jsonl", by="text", words={WORDS!r}, contrast="words − none"
    )}}
"""

TESTS = """
import pytest
from pytest_steering import Intervention

@pytest.mark.steering(task="films", split="test")
def test_care_chooses_what_reviews_think(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector, scales=[0.5, 1.0, 2.0])
    result = steering.run(
        Intervention(vector, [choice.layer], choice.scale),
        controls=("zero", "random", "negated", "shuffled", "prompted"),
    )
    result.expect("accuracy").improves(by=0.1)
    response = steering.dose_response(Intervention(vector, [choice.layer], choice.scale), directions=5)
    low, high = response.interval
    assert low < response.slope < high
    assert 0 <= response.anti_steerable_interval.low <= response.anti_steerable
"""


def films() -> Iterator[dict[str, object]]:
    draw = random.Random(0)
    for number in range(240):
        genre, good = GENRES[number // 2 % 4], number % 2 == 0
        yield {
            "question": f"{review(draw, genre, good)}\n\n{QUESTION}",
            "options": ["Positive", "Negative"],
            "answer": 0 if good else 1,
            "group": genre,
        }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, str]:
    """The arms of the run, and what it printed."""
    project = tmp_path_factory.mktemp("choices")
    rows = "".join(json.dumps(row) + "\n" for row in films())
    (project / "films.jsonl").write_text(rows, encoding="utf-8")
    records, printed = run_project(project, CONFTEST, TESTS)
    assert "1 passed" in printed, printed
    return Comparison.of(one for one in records if one.spec["purpose"] == "score"), printed


def test_options_are_scored_and_nothing_is_written(run: tuple[Comparison, str]) -> None:
    comparison, _ = run
    for arm in comparison.arms.values():
        assert all((one.response, one.tokens, one.ended) == ("", 0, None) for one in arm.run)
        assert all(one.margin is not None and one.chosen in ("Positive", "Negative") for one in arm.run)
        assert arm.record.counts["generated_tokens"] == 0
        assert arm["unreadable_share"] is None
    assert comparison.steered.record.spec["generation"]["max_new_tokens"] == 0
    assert "240 choices: 2 options each" in comparison.steered.record.evidence["task"][0]


def test_what_is_chosen_follows_the_margin(run: tuple[Comparison, str]) -> None:
    for one in run[0].steered.run:
        assert one.margin is not None
        assert (one.predicted == "yes") == (one.margin > 0) == (one.chosen == one.wanted)
        assert one.correct == (one.predicted == "yes")


def test_the_unsteered_model_praises_and_that_is_all_that_is_wrong(run: tuple[Comparison, str]) -> None:
    (praises,) = (one for one in run[0].unsteered.record.findings if one["id"] == "choice-constant")
    assert "choices of the unsteered arm are 'Positive'" in praises["sentence"]
    found = {one["id"] for arm in run[0].arms.values() for one in arm.record.findings}
    assert not {"outputs-unchanged", "zero-differs", "not-repeatable", "answer-constant"} & found
    assert run[0].steered.record.evidence["repeat"]["answers"] > 0


def test_words_alone_choose_as_well(run: tuple[Comparison, str]) -> None:
    comparison, printed = run
    assert comparison["prompted"].accuracy > 0.8 > 0.6 > comparison.unsteered.accuracy
    assert comparison.unsteered["matching_rate"] == comparison.unsteered["accuracy"]
    assert "choice-constant" in printed
