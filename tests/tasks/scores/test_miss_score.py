from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import scores
from pytest_steering.errors import DataError
from pytest_steering.limit import Limit
from pytest_steering.tasks.scores import FunctionScore
from tests.tasks.scores.scored import values

LONG_ENOUGH = replace(scores.words(), limit=Limit(least=3))
HAPPY, SAD, LOOP = "I love it, what a day.", "I hate it, what a day.", "happy happy happy happy happy happy"


def test_a_miss_is_a_violation_or_incoherence() -> None:
    score = scores.miss(scores.sentiment(), [scores.repetition(), LONG_ENOUGH], least=0.3)
    assert values(score, HAPPY, SAD, LOOP, "Great!") == [0, 1, 1, 1]


def test_what_is_wanted_may_have_an_upper_end_or_both() -> None:
    low = scores.miss(scores.sentiment(), most=-0.3)
    between = scores.miss(scores.words(), least=2, most=3)
    assert values(low, HAPPY, SAD) == [1, 0]
    assert values(between, "one", "one two", "one two three", "one two three four") == [1, 0, 0, 1]


def test_an_answer_that_cannot_be_scored_is_a_miss() -> None:
    assert values(scores.miss(scores.sentiment(), least=-1), "", "\n") == [1, 1]
    assert values(scores.miss(scores.words(), [scores.repetition()], least=0), "...") == [1]


def test_a_score_that_fails_says_so_and_is_no_miss_and_no_hit() -> None:
    def fails(prompt: str, text: str) -> float:
        raise ValueError("no")

    score = scores.miss(scores.sentiment(), [FunctionScore("broken", of=fails, limit=Limit(most=1))], least=0)
    assert score.of_all([("p", HAPPY)]) == [(None, "broken: raised ValueError: no")]


def test_guards_that_go_by_the_unsteered_answers_are_refused() -> None:
    with pytest.raises(DataError, match="the guard 'words' goes by the unsteered answers"):
        scores.miss(scores.sentiment(), [scores.words()], least=0)


def test_guards_without_a_limit_and_misses_of_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="a guard is a score with a limit"):
        scores.miss(scores.sentiment(), [scores.readability()], least=0)
    with pytest.raises(DataError, match="give least or most"):
        scores.miss(scores.sentiment())


def test_its_record_says_what_it_is_made_of() -> None:
    score = scores.miss(scores.sentiment(), [scores.repetition()], least=0.3)
    assert (
        score.as_dict()["meaning"] == "violation (sentiment not at least 0.3) or incoherence (by repetition)"
    )
