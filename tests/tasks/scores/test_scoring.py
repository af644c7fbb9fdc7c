from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from pytest_steering import scores
from pytest_steering.errors import CellTimeoutError, DataError, SteeringError
from pytest_steering.tasks.scores import FunctionScore, Score, Scored, score_answers, usual_guards
from pytest_steering.tasks.scores.score import Written


@dataclass(frozen=True)
class Odd(Score):
    """Does what a test says with all answers at once."""

    raises: Exception | None = None
    results: int | None = None

    def of_all(self, written: Sequence[Written], model: object = None) -> list[Scored]:
        del model
        if self.raises is not None:
            raise self.raises
        return [Scored(1.0)] * (len(written) if self.results is None else self.results)


def length(prompt: str, text: str) -> float:
    return float(len(text))


def test_each_answer_gets_each_score_in_its_place() -> None:
    both = [FunctionScore("length", of=length), scores.words()]
    found = score_answers(both, ["p", "p", "p"], ["a b", "", "abc"], None)
    assert [one.scores for one in found] == [
        {"length": 3, "words": 2},
        {"length": 0, "words": 0},
        {"length": 3, "words": 1},
    ]


def test_where_there_is_nothing_to_score_no_score_is_asked_and_none_shifts() -> None:
    found = score_answers([FunctionScore("length", of=length)], ["p"] * 4, ["a", None, "abc", None], None)
    assert [one.scores["length"] for one in found] == [1, None, 3, None]
    assert [one.faults for one in found] == [{}] * 4


@pytest.mark.parametrize(
    ("error", "says"),
    [(ValueError("no"), "raised ValueError: no"), (SteeringError("Give another."), "Give another.")],
)
def test_a_score_that_fails_on_all_answers_leaves_the_others_theirs(error: Exception, says: str) -> None:
    found = score_answers([Odd("odd", raises=error), scores.words()], ["p", "p"], ["a", "a b"], None)
    assert [one.scores for one in found] == [{"odd": None, "words": 1}, {"odd": None, "words": 2}]
    assert [one.faults for one in found] == [{"odd": says}] * 2


@pytest.mark.parametrize("results", [0, 1, 3])
def test_a_score_that_loses_or_invents_results_stops_everything(results: int) -> None:
    with pytest.raises(DataError, match=f"returned {results} results for 2 answers"):
        score_answers([Odd("odd", results=results)], ["p", "p"], ["a", "b"], None)


def test_the_usual_guards_see_loops_length_and_language() -> None:
    assert [one.name for one in usual_guards()] == ["repetition", "words", "surprise"]
    assert all(one.limit for one in usual_guards())


def test_a_cell_that_takes_too_long_is_no_answer_that_cannot_be_scored() -> None:
    with pytest.raises(CellTimeoutError):
        score_answers([Odd("odd", raises=CellTimeoutError())], ["p"], ["a"], None)
