from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from pytest_steering.replay.arms.recorded_choice import choice_in
from pytest_steering.replay.usable_rows import UnusableError

LOGPROBS = st.dictionaries(st.sampled_from("ABCDE"), st.floats(-30, 0), min_size=2)


@given(LOGPROBS, st.data())
def test_the_margin_is_that_of_the_wanted_option_over_all_others(
    logprobs: dict[str, float], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(sorted(logprobs)))
    found = choice_in(
        {"logprobs": {f" ({name})": value for name, value in logprobs.items()}, "wanted": wanted}
    )
    others = [value for name, value in logprobs.items() if name != wanted]
    assert found["margin"] == pytest.approx(logprobs[wanted] - logsumexp(others), abs=1e-9)
    assert found["wanted"] == wanted.lower()


@pytest.mark.parametrize(
    ("row", "predicted"),
    [
        ({"margin": 0.1}, "yes"),
        ({"margin": -3}, "no"),
        ({"margin": 0}, "none"),
        ({"chosen": " (A)", "wanted": "A"}, "yes"),
        ({"chosen": "yes.", "answer_matching_behavior": " Yes"}, "yes"),
        ({"chosen": "(B)", "wanted": "(A)"}, "no"),
        ({"chosen": "(B)", "wanted": "(A)", "answer_not_matching_behavior": " (B)"}, "no"),
        ({"chosen": "neither", "wanted": "(A)", "answer_not_matching_behavior": " (B)"}, "none"),
        ({"chosen": "(B)", "wanted": "(A)", "margin": 2.0}, "no"),
        ({"logprobs": {"A": -0.1, "B": -3.0}, "wanted": "A"}, "yes"),
        ({"logprobs": {"A": -0.1, "B": -3.0}, "wanted": "B"}, "no"),
    ],
)
def test_the_wanted_option_is_chosen_or_another_is(row: Mapping[str, object], predicted: str) -> None:
    assert choice_in(row)["predicted"] == predicted


def test_a_recorded_margin_stands_over_one_that_follows_from_logprobs() -> None:
    row = {"margin": 5.0, "swapped_margin": 1, "logprobs": {"A": -1.0, "B": -2.0}, "wanted": "A"}
    found = choice_in(row)
    assert (found["margin"], found["swapped_margin"]) == (5.0, 1.0)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"wanted": "A"},
        {"chosen": "A"},
        {"chosen": "", "wanted": "A"},
        {"margin": "2"},
        {"margin": math.nan},
        {"margin": True},
        {"logprobs": {"A": -1.0}, "wanted": "A"},
        {"logprobs": [-1.0, -2.0], "wanted": "A"},
        {"logprobs": {"A": -1.0, "B": -2.0}},
        {"logprobs": {"A": -1.0, "B": -2.0}, "wanted": "C"},
        {"logprobs": {"A": -1.0, " (A)": -2.0, "B": -3.0}, "wanted": "A"},
        {"logprobs": {"A": 0.9, "B": 0.1}, "wanted": "A"},
        {"logprobs": {"A": -math.inf, "B": -math.inf}, "wanted": "A"},
        {"logprobs": {"A": None, "B": -1.0}, "wanted": "A"},
        {"chosen": ["A"], "wanted": "A"},
    ],
)
def test_what_says_no_choice_is_a_problem(row: Mapping[str, object]) -> None:
    with pytest.raises(UnusableError):
        choice_in(row)
