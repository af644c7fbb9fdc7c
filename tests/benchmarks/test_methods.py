"""The tables of docs/methods.md rank methods only where their intervals are apart."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.methods.__main__ import ranking
from benchmarks.methods.measured import Effect, Measured
from pytest_steering.experiments.side_effects import NeutralEffect

QUIET = NeutralEffect((0.1,), 0.0, (True,), (True,))


def rows(shifts: Mapping[str, tuple[float, float, float] | None]) -> list[Measured]:
    return [
        Measured(name, 1.0, 1.0, 2, {"norm": shift and Effect(shift, 1.0, 0.0, 0.5, QUIET)})
        for name, shift in shifts.items()
    ]


def test_a_method_is_ahead_only_of_those_whose_intervals_lie_below_its_own() -> None:
    found = rows({"a": (3.0, 2.0, 4.0), "b": (2.5, 1.0, 4.0), "c": (1.0, 0.5, 1.5), "d": (0.5, 0.0, 1.0)})
    assert ranking(found, "norm") == "`a` is ahead of `c`, `d`."


def test_all_below_are_named_by_the_first_and_what_was_not_reached_is_left_out() -> None:
    found = rows(
        {"a": (9.0, 8.0, 9.5), "b": (3.0, 1.0, 5.0), "c": (2.0, 1.0, 3.0), "d": (2.0, 1.0, 3.0), "e": None}
    )
    assert ranking(found, "norm") == "`a` is ahead of `b` and all below."


def test_intervals_that_overlap_rank_nobody() -> None:
    found = rows({"a": (3.0, 2.0, 4.0), "b": (2.5, 1.0, 4.0)})
    assert ranking(found, "norm") == "No two intervals are apart: no method is ahead."
