from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import VectorError
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.schedules import Schedule
from tests.tiny import random_vector

PROMPT = 4


def shares(text: str, count: int = 5) -> list[float]:
    """The shares at the last prompt token and the first generated ones."""
    schedule = Schedule.parse(text)
    return [schedule.share(token, PROMPT) for token in range(PROMPT - 1, PROMPT - 1 + count)]


def test_the_first_step_is_the_prompt_s_last_token_which_decides_the_first_new_one() -> None:
    assert shares("window(stop=2)") == [1, 1, 0, 0, 0]
    assert shares("window(start=1, stop=3)") == [0, 1, 1, 0, 0]
    assert shares("window(start=3)") == [0, 0, 0, 1, 1]
    assert shares("linear(tokens=4)") == [1, 0.75, 0.5, 0.25, 0]
    assert shares("exponential(rate=0.5)") == [1, 0.5, 0.25, 0.125, 0.0625]


@given(st.sampled_from(["linear(tokens=7)", "exponential(rate=0.9)", "window(stop=5)"]), st.integers(0, 3))
def test_the_prompt_before_its_last_token_has_the_share_of_that_token(text: str, token: int) -> None:
    schedule = Schedule.parse(text)
    assert schedule.share(token, PROMPT) == schedule.share(PROMPT - 1, PROMPT) == 1


@given(st.lists(st.integers(0, 9), min_size=8, max_size=8), st.integers(0, 9))
def test_until_and_after_a_token_are_each_other_s_rest_and_look_at_generated_tokens_alone(
    ids: list[int], wanted: int
) -> None:
    until, after = Schedule.parse(f"until(token={wanted})"), Schedule.parse(f"after(token={wanted})")
    generated = ids[PROMPT:]
    first = PROMPT + generated.index(wanted) if wanted in generated else len(ids)
    for token in range(len(ids)):
        assert until.share(token, PROMPT, ids) == float(token < first)
        assert until.share(token, PROMPT, ids) + after.share(token, PROMPT, ids) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "sometimes",
            "schedule 'sometimes' is not known; known are window, linear, exponential",
        ),
        ("linear", r"takes tokens, as in linear\(tokens=5\)"),
        ("linear(rate=2)", "takes tokens"),
        ("window", "takes start, stop"),
        ("linear(tokens=0)", "does not fall"),
        ("exponential(rate=1.5)", "does not fall"),
        ("window(start=3, stop=3)", "has no step within"),
        ("window(stop=2.5)", "stop is a whole number from 0 on"),
        ("until(token=-1)", "token is a whole number from 0 on"),
        ("until(token=)", "token '' is not a finite number"),
        (0.5, "schedule 0.5 is not a name"),
    ],
)
def test_a_malformed_schedule_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(VectorError, match=sentence):
        Intervention(random_vector(), schedule=text)


def test_an_intervention_names_the_tokens_that_are_steered_with_their_shares() -> None:
    arm = Intervention(random_vector(), positions="all", schedule="linear(tokens=2)")
    assert arm.shares(2, 0, 4) == {0: 1.0, 1: 1.0, 2: 0.5}
    assert arm.edit(1, 0.5).strength == arm.edit(1).strength / 2
    assert arm.spec()["schedule"] == "linear(tokens=2)"
