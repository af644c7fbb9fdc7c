from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import scores
from tests.tasks.scores.scored import values


def test_repetition_is_the_share_of_three_word_sequences_seen_before() -> None:
    assert values(
        scores.repetition(),
        "one two three four five",
        "one two three one two three",  # 4 sequences, the last is the first again
        "worse worse worse worse worse",  # 3 sequences, 2 of them again
        "Worse, worse; WORSE worse!",
    ) == pytest.approx([0, 1 / 4, 2 / 3, 1 / 2])


def test_an_answer_too_short_to_repeat_itself_repeats_nothing() -> None:
    assert values(scores.repetition(), "Paris.", "In Paris") == [0, 0]


def test_a_script_without_spaces_repeats_itself_too() -> None:
    (share,) = values(scores.repetition(), "很好很好很好很好很好")
    assert share is not None
    assert share > 0.7


def test_line_breaks_repeat_no_word_and_have_no_share() -> None:
    assert values(scores.repetition(), "", "\n\n\n\n\n\n", "!!!!!!") == [None, None, None]


def test_distinct_2_is_the_share_of_different_two_word_sequences() -> None:
    assert values(scores.distinct_2(), "a b c d", "a b a b a", "a", "") == [1, 0.5, None, None]


def test_compression_sees_a_loop_within_a_word_and_one_of_line_breaks() -> None:
    text = "The weather in the mountains changes within an hour, so take a warm coat with you."
    usual, word, breaks = values(scores.compression(), text, "worse" * 16, "\n" * 80)
    assert usual is not None
    assert word is not None
    assert breaks is not None
    assert min(word, breaks) > 4 * usual


@given(st.text(min_size=1, max_size=300))
def test_compression_is_undone_by_zlib(text: str) -> None:
    (ratio,) = values(scores.compression(), text)
    size = len(text.encode("utf-8"))
    assert ratio == pytest.approx(size / len(zlib.compress(text.encode("utf-8"), 9)))


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=3, max_size=40))
def test_an_answer_said_twice_has_every_sequence_again(said: list[str]) -> None:
    text = " ".join(said)
    once, twice = values(scores.repetition(), text, f"{text} {text}")
    assert once is not None
    assert twice is not None
    new = len(said) - 2 - once * (len(said) - 2) + 2  # those of the answer, and two where it begins again
    assert twice >= 1 - new / (2 * len(said) - 2) - 1e-12
    assert twice >= once
