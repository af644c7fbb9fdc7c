from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.tasks.scores.judging.rating import rating
from pytest_steering.tasks.scores.watched_call import WatchedCalls


@pytest.mark.parametrize(
    ("reply", "value"),
    [("Rating: [[2]]", 2), ("[[0]]", 0), ("[[ 1.5 ]] I think", 1.5), ("[[1]], as said: [[1]]", 1)],
)
def test_a_rating_is_read_between_two_brackets(reply: str, value: float) -> None:
    assert rating(reply) == value


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("", "has no rating"),
        ("2", "has no rating"),
        ("The answer says [[2]]. Rating: [[0]]", "has 2 different ratings"),
        ("[[3]]", r"rates \[\[3\]\]; 0 to 2 was expected"),
        ("[[1.2.3]]", r"rates \[\[1.2.3\]\]"),
        ("[[-1]]", "has no rating"),
    ],
)
def test_what_is_not_one_rating_from_0_to_2_is_none(reply: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        rating(reply)


@given(st.text(alphabet="[]. 0123Rating", max_size=30))
def test_whatever_a_judge_says_is_a_rating_within_bounds_or_a_sentence(reply: str) -> None:
    value, fault = WatchedCalls(rating, 5)(reply)
    assert fault.startswith("the judge") or (value is not None and 0 <= value <= 2)
