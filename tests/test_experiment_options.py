from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import ChoiceTask
from pytest_steering.errors import DataError
from pytest_steering.experiment_options import CHECKS, require_known

WRONG: tuple[Any, ...] = (
    *(
        True,
        False,
        0,
        -1,
        1.5,
        float("nan"),
        float("inf"),
        10**400,
        10**5000,
        np.int64(-3),
        "",
        "x",
        "9" * 400,
    ),
    *("ü☃", "a\0b", "\ud800", "/nowhere", "x" * 300, [], ["a"], [1], [None], (1, 2), {}, {"a": 1}, {1}, b"x"),
    *(object(), len, Exception, ChoiceTask),
)


@pytest.mark.parametrize("name", CHECKS)
def test_whatever_an_option_is_given_it_is_taken_or_refused_in_a_sentence(name: str) -> None:
    refused = [_refused({name: value}) for value in WRONG]

    assert all(said is None or (said.startswith(f"{name}=") and " was expected" in said) for said in refused)
    assert sum(said is not None for said in refused) >= len(WRONG) - 10


@given(
    st.dictionaries(
        st.sampled_from(list(CHECKS)) | st.text(max_size=9), st.none() | st.integers() | st.text()
    )
)
def test_nothing_but_a_sentence_comes_of_what_markers_say(said: dict[str, Any]) -> None:
    sentence = _refused(said)

    assert sentence is None or len(sentence) < 500


@pytest.mark.parametrize(
    "said",
    [
        {"limit": None},
        {"limit": np.int64(3)},
        {"max_new_tokens": 0},
        {"stop": "verdict"},
        {"models": ("blind",)},
    ],
    ids=str,
)
def test_what_an_experiment_can_have_is_taken(said: dict[str, Any]) -> None:
    assert _refused(said) is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"limit": "12"}, "limit='12': a whole number from 1 to 1000000000 was expected"),
        ({"limit": True}, "limit=True: a whole number"),
        ({"limit": 0}, "limit=0: a whole number from 1"),
        (
            {"reader": len},
            "reader=<built-in function len>: the name of a reader of answers (pytest_steering_",
        ),
        ({"form": object}, "form=<class 'object'>: the name of a way to ask was expected"),
        ({"limits": 3}, "knows no 'limits'; did you mean 'limit'?"),
    ],
    ids=str,
)
def test_the_sentence_says_what_was_found_and_what_was_expected(said: dict[str, Any], sentence: str) -> None:
    assert sentence in str(_refused(said))


def _refused(said: dict[str, Any]) -> str | None:
    try:
        require_known(said)
    except DataError as error:
        return str(error)
    return None
