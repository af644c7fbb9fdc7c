"""Whatever a model writes, each score gives a number within its bounds, or none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_steering import scores
from pytest_steering.source_hash import source_hash
from pytest_steering.tasks.scores import Score
from pytest_steering.tasks.scores.text_score import MOST_CHARACTERS, TextScore

BUILT_IN: dict[str, Callable[[], Score]] = {
    "sentiment": scores.sentiment,
    "language": lambda: scores.language("fr"),
    "readability": scores.readability,
    "words": scores.words,
    "repetition": scores.repetition,
    "distinct_2": scores.distinct_2,
    "compression": scores.compression,
    "pattern": lambda: scores.pattern(r"\b(\w+) \1\b|^.*\d$", "again"),
    "word_list": lambda: scores.word_list(["joy", "wedding dress"], "topic"),
    "refusal": scores.refusal,
    "lower_case": scores.lower_case,
    "no_comma": scores.no_comma,
    "json": scores.json,
    "bullets": lambda: scores.bullets(3),
    "word_count": lambda: scores.word_count(2, 9),
}

made = cache(lambda name: BUILT_IN[name]())

anything = st.text(st.characters())  # lone surrogates among them
stranger = st.lists(
    st.sampled_from(
        [*"\x00\u202e\u200f\u200b\ufeff\ud800\udfff\n\r\t ,.!'’{}[]*-`\"", "worse ", "💥", "\u0301", "我"]
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize("name", BUILT_IN)
@given(text=anything | stranger)
@example(text="")
@example(text=" \n\t\u3000")
@example(text="\x00" * 100)
@example(text="-1e999")
def test_every_answer_gets_a_number_within_the_bounds_or_none(name: str, text: str) -> None:
    score = made(name)
    (found,) = score.of_all([("p", text)])
    least, most = score.bounds
    assert found.fault == ""
    if found.value is not None:
        assert least is None or found.value >= least
        assert most is None or found.value <= most


@pytest.mark.parametrize(
    "piece", ["but ", "a" * 50, "worse, ", "\n* ", "我", "{", "```json\n", ":) ", "\u202e"]
)
@pytest.mark.parametrize("name", BUILT_IN)
def test_an_answer_as_long_as_is_allowed_takes_seconds_at_most(name: str, piece: str) -> None:
    text = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]
    (found,) = made(name).of_all([("p", text)])
    assert found.fault == ""


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_longer_answer_is_named(name: str) -> None:
    found = made(name).of_all([("p", "x" * 1_000_000), ("p", "It is so.")])
    assert found[0] == (None, "the answer has 1,000,000 characters; at most 100,000 are scored")
    assert found[1].fault == ""


@pytest.mark.parametrize("name", BUILT_IN)
@given(prompt=anything)
def test_what_was_asked_never_moves_the_number_of_an_answer(name: str, prompt: str) -> None:
    text = "Well, I am happy."
    assert made(name).of_all([(prompt, text)]) == made(name).of_all([("p", text)])


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_score_made_anew_is_the_same_one_for_records(name: str) -> None:
    one, other = BUILT_IN[name](), BUILT_IN[name]()
    assert isinstance(one, TextScore)
    assert isinstance(other, TextScore)
    assert source_hash(one.of) == source_hash(other.of)
    assert one.as_dict() == other.as_dict()
