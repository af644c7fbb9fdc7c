from __future__ import annotations

import pytest

from pytest_steering import scores
from tests.tasks.scores.scored import values


def test_a_happy_answer_lies_above_a_neutral_one_and_that_above_a_sad_one() -> None:
    happy, neutral, sad = values(
        scores.sentiment(),
        "I love it, it was wonderful!",
        "The table is made of wood.",
        "I hate it, it was terrible!",
    )
    assert happy is not None
    assert sad is not None
    assert happy > 0.5 > 0 > -0.5 > sad
    assert neutral == 0


def test_it_is_the_published_compound_score() -> None:
    # Examples of the authors' own README, with the numbers it prints.
    assert values(
        scores.sentiment(),
        "VADER is smart, handsome, and funny.",
        "VADER is not smart, handsome, nor funny.",
        "Today only kinda sux! But I'll get by, lol",
    ) == pytest.approx([0.8316, -0.7424, 0.5249])


def test_an_answer_without_a_word_has_no_sentiment_but_an_emoticon_has() -> None:
    nothing, blank, marks, smile = values(scores.sentiment(), "", " \n\t", "?? …", ":)")
    assert (nothing, blank, marks) == (None, None, None)
    assert smile is not None
    assert smile > 0
