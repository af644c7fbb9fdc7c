from __future__ import annotations

import pytest

from pytest_steering import scores
from tests.tasks.scores.scored import values


def test_it_is_the_published_formula() -> None:
    text = "The cat sat on the mat. It was warm, and it slept."  # 36 letters, 12 words, 2 sentences
    assert values(scores.readability(), text) == pytest.approx([4.71 * 36 / 12 + 0.5 * 12 / 2 - 21.43])


def test_long_words_and_long_sentences_are_harder_to_read() -> None:
    easy, words, sentence = values(
        scores.readability(),
        "We ate. It was hot. I sat down.",
        "Notwithstanding considerable reservations, representatives concurred.",
        "We ate and it was hot and I sat down and we ate and it was hot and I sat down",
    )
    assert easy is not None
    assert words is not None
    assert sentence is not None
    assert easy < min(words, sentence)


def test_a_point_within_a_word_ends_no_sentence() -> None:
    one, two = values(scores.readability(), "We use pip.install here.", "We use pip. Install here.")
    assert one is not None
    assert two is not None
    assert one != two


def test_an_answer_without_a_word_has_none() -> None:
    assert values(scores.readability(), "", "...") == [None, None]
