from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.limit import Limit

numbers = st.floats(-100, 100)
some = st.lists(numbers, min_size=1, max_size=9)
ends: st.SearchStrategy[tuple[float | None, float | None]] = st.one_of(
    st.tuples(numbers, numbers).map(lambda two: (min(two), max(two))),
    st.tuples(st.none(), numbers),
    st.tuples(numbers, st.none()),
)


def test_a_plain_limit_asks_no_other_answers() -> None:
    assert Limit(0.1, 0.3).bounds([]) == Limit(0.1, 0.3).bounds([5.0]) == (0.1, 0.3)


def test_an_open_end_allows_everything_on_its_side() -> None:
    assert Limit(most=0.3).bounds([]) == (-math.inf, 0.3)
    assert Limit(least=0.3).bounds([]) == (0.3, math.inf)


def test_a_limit_beside_the_unsteered_answers_goes_by_their_median() -> None:
    assert Limit(most=1.5, beside="difference").bounds([1.0, 2.0, 9.0]) == (-math.inf, 3.5)
    assert Limit(0.5, 2.0, "ratio").bounds([10.0, 30.0]) == (10.0, 40.0)


def test_without_unsteered_answers_such_a_limit_allows_all() -> None:
    assert Limit(0.5, 2.0, "ratio").bounds([]) == (-math.inf, math.inf)


def test_beside_answers_of_none_an_open_end_stays_open() -> None:
    assert Limit(least=0.5, beside="ratio").bounds([0.0]) == (0.0, math.inf)
    assert Limit(0.5, 2.0, "ratio").bounds([0.0]) == (0.0, 0.0)


@given(ends, st.sampled_from(["", "difference", "ratio"]), some)
def test_the_lower_bound_is_never_above_the_upper_one(
    ends: tuple[float | None, float | None], beside: str, unsteered: list[float]
) -> None:
    least, most = Limit(*ends, beside).bounds(unsteered)  # type: ignore[arg-type]
    assert least <= most


@given(ends, some)
def test_beside_answers_that_are_all_one_number_the_bounds_are_of_that_number(
    ends: tuple[float | None, float | None], unsteered: list[float]
) -> None:
    usual = unsteered[0]
    least, most = Limit(*ends, "difference").bounds([usual] * len(unsteered))
    assert least == (-math.inf if ends[0] is None else usual + ends[0])
    assert most == (math.inf if ends[1] is None else usual + ends[1])


@given(some, st.floats(0.5, 2))
def test_what_lies_between_half_and_double_is_within_a_ratio_whatever_its_sign(
    unsteered: list[float], ratio: float
) -> None:
    least, most = Limit(0.5, 2.0, "ratio").bounds([unsteered[0]])
    assert least - 1e-9 <= ratio * unsteered[0] <= most + 1e-9


def test_a_limit_whose_ends_are_exchanged_is_refused() -> None:
    with pytest.raises(DataError, match=r"allows from 0\.5 to 0\.3; give the lower one first"):
        Limit(0.5, 0.3)


def test_a_record_holds_it_as_it_was_given() -> None:
    assert Limit(0.5, 2.0, "ratio").as_dict() == {"least": 0.5, "most": 2.0, "beside": "ratio"}


@pytest.mark.parametrize("end", ["0.3", True, math.nan])
def test_an_end_that_is_no_number_is_refused(end: Any) -> None:
    with pytest.raises(DataError, match="a limit's end is"):
        Limit(most=end)


def test_a_limit_stands_beside_nothing_else() -> None:
    with pytest.raises(DataError, match="stands beside 'mean'; expected difference, ratio or nothing"):
        Limit(most=1.0, beside="mean")  # type: ignore[arg-type]
