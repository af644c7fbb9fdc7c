from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.tasks.scores.watched_call import MOST_SAID, WatchedCalls

SHORT = 0.1


def called(function: Callable[..., Any], *arguments: Any) -> tuple[float | None, str]:
    return WatchedCalls(function, 30)(*arguments)


def raising(error: BaseException) -> Callable[[], float]:
    def function() -> float:
        raise error

    return function


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_finite_number_comes_back_as_it_is(number: float) -> None:
    assert called(lambda: number) == (number, "")


@pytest.mark.parametrize(
    "value",
    [1, True, np.float32(1), np.int64(1), np.bool_(True), torch.tensor(1.0), Decimal(1), Fraction(1)],
    ids=lambda value: type(value).__name__,
)
def test_numbers_of_other_kinds_and_truth_values_become_plain_ones(value: Any) -> None:
    found, fault = called(lambda: value)
    assert (found, type(found), fault) == (1.0, float, "")


def test_none_is_no_fault() -> None:
    assert called(lambda: None) == (None, "")


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        "0.5",
        b"1",
        [1, 2],
        {},
        1j,
        10**400,
        np.array([1, 2]),
        pytest.param(object(), id="object"),  # its repr is another in each worker of xdist
    ],
    ids=repr,
)
def test_what_is_no_finite_number_is_named(value: Any) -> None:
    found, fault = called(lambda: value)
    assert found is None
    assert fault == f"returned {repr(value)[:80]}; a finite number or None was expected"


def test_a_function_that_raises_is_named_with_what_it_says() -> None:
    assert called(raising(KeyError("pos"))) == (None, "raised KeyError: 'pos'")
    assert called(raising(SystemExit(3))) == (None, "raised SystemExit: 3")


def test_an_error_of_this_project_speaks_for_itself() -> None:
    assert called(raising(DataError("give a word"))) == (None, "give a word")


def test_a_hostile_error_or_number_is_a_fault_like_any_other() -> None:
    class UnspeakableError(Exception):
        def __str__(self) -> str:
            raise ValueError

    class NoNumber:
        def __float__(self) -> float:
            raise RuntimeError("not me")

    (_, fault), (_, other) = called(raising(UnspeakableError())), called(NoNumber)
    assert "UnspeakableError" in fault
    assert other == "raised RuntimeError: not me"
    _, long = called(raising(ValueError("x" * 10**6)))
    assert len(long) <= MOST_SAID + len("raised ")


class Sleeper:
    """Answers with its argument; for a word it waits until it is let go."""

    def __init__(self) -> None:
        self.go, self.calls = threading.Event(), 0

    def __call__(self, answer: float | str) -> float:
        self.calls += 1
        if isinstance(answer, str):
            self.go.wait()
            return -1.0
        return answer


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    made = Sleeper()
    yield made
    made.go.set()


def test_a_call_that_hangs_is_named_and_shifts_no_later_answer(sleeper: Sleeper) -> None:
    calls = WatchedCalls(sleeper, SHORT)
    found = [calls(1.0), calls("hang"), calls(2.0)]
    sleeper.go.set()  # the first call now answers, late
    time.sleep(SHORT)
    found += [calls(3.0), calls(4.0)]
    assert [value for value, _ in found] == [1, None, 2, 3, 4]
    assert found[1][1] == "did not return in 0.1 s"


def test_after_three_hangs_it_is_not_called_any_more(sleeper: Sleeper) -> None:
    calls = WatchedCalls(sleeper, SHORT)
    found = [calls("hang") for _ in range(3)] + [calls(1.0), calls(2.0)]
    assert sleeper.calls == 3
    assert {value for value, _ in found} == {None}
    assert [fault for _, fault in found[3:]] == ["not called: 3 calls before did not return in 0.1 s"] * 2


def test_a_thread_that_is_not_needed_any_more_ends() -> None:
    before = threading.active_count()
    calls = WatchedCalls(lambda: 1.0, 30)
    calls()
    assert threading.active_count() == before + 1
    del calls
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
