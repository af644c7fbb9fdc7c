from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pytest_steering import scores
from pytest_steering.errors import DataError
from pytest_steering.tasks.scores import FunctionScore, Limit, as_score


def capitals(prompt: str, text: str) -> float | None:
    """Share of capitals.

    More is louder.
    """
    return sum(map(str.isupper, text)) / len(text) if text else None


def test_a_function_becomes_a_score_of_its_name_and_first_sentence() -> None:
    score = as_score(capitals)
    assert (score.name, score.meaning) == ("capitals", "Share of capitals.")
    assert as_score(capitals, "loudness").name == "loudness"
    assert score.of_all([("p", "AbCd"), ("p", "")]) == [(0.5, ""), (None, "")]


def test_a_score_stays_what_it_is() -> None:
    score = scores.words()
    assert as_score(score) is score


def test_a_function_gets_prompt_and_answer_in_this_order_and_answers_keep_theirs() -> None:
    def sizes(prompt: str, text: str) -> float:
        return len(prompt) - 10 * len(text)

    found = as_score(sizes).of_all([("abc", "x"), ("", "xy"), ("abc", "x")])
    assert [one.value for one in found] == [-7, -20, -7]


def test_a_failure_is_one_answers_alone() -> None:
    def first(prompt: str, text: str) -> float:
        return float(text[0])

    found = as_score(first).of_all([("p", "1"), ("p", ""), ("p", "x"), ("p", "4")])
    assert [one.value for one in found] == [1, None, None, 4]
    assert found[1].fault == "raised IndexError: string index out of range"
    assert found[2].fault.startswith("raised ValueError: could not convert string")


def test_a_function_that_hangs_is_named_and_the_others_go_on() -> None:
    import threading

    forever = threading.Event()

    def slow(prompt: str, text: str) -> float:
        if text == "hang":
            forever.wait()
        return float(len(text))

    found = FunctionScore("slow", of=slow, seconds=0.1).of_all([("p", "ab"), ("p", "hang"), ("p", "abc")])
    forever.set()
    assert found == [(2, ""), (None, "did not return in 0.1 s"), (3, "")]


def test_a_number_outside_the_declared_bounds_is_a_fault() -> None:
    score = FunctionScore("share", bounds=(0, 1), of=lambda _prompt, text: float(len(text)))
    assert score.of_all([("p", ""), ("p", "a"), ("p", "ab")]) == [
        (0, ""),
        (1, ""),
        (None, "returned 2; the bounds of 'share' are 0 to 1"),
    ]
    half_open = FunctionScore("count", bounds=(0, None), of=lambda _prompt, _text: -1)
    assert half_open.of_all([("p", "")])[0].fault == "returned -1; the bounds of 'count' are 0 to none"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("sentiment", "'sentiment' is no score; expected a function"),
        (lambda _prompt, _text: 1.0, r"without a name of its own \(<lambda>\); write it with def"),
        (lambda _text: 1.0, r"takes \(prompt, text\); .* takes \(_text\)"),
        (scores.sentiment, r"takes \(prompt, text\); .*sentiment.* takes \(\)"),
    ],
)
def test_what_cannot_be_a_score_is_refused_before_anything_runs(given: Any, says: str) -> None:
    with pytest.raises(DataError, match=says):
        as_score(given)


def test_a_function_that_does_not_say_what_it_takes_is_tried() -> None:
    assert as_score(max).name == "max"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "two words", "1st", "a-b"])
def test_a_name_that_is_no_key_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="expected letters, digits and underscores"):
        FunctionScore(name)


@pytest.mark.parametrize(
    "made",
    [
        scores.sentiment,
        scores.repetition,
        scores.distinct_2,
        scores.compression,
        scores.words,
        scores.surprise,
    ],
)
def test_what_a_record_says_of_a_score_is_plain_json(made: Callable[[], scores.Score]) -> None:
    said = made().as_dict()
    assert json.loads(json.dumps(said)) == said
    assert said["meaning"]


def test_a_record_says_what_a_guard_allows() -> None:
    said = FunctionScore("f", limit=Limit(most=2.0)).as_dict()
    assert said["limit"] == {"least": None, "most": 2.0, "beside": ""}
