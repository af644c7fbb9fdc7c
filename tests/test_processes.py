from __future__ import annotations

import os

import pytest

from pytest_steering.errors import DataError
from pytest_steering.processes import by_processes

HERE = os.getpid()


def doubled(number: int) -> int:
    if number < 0:
        raise DataError("a number below zero")
    return 2 * number


def ends_where_it_is_not_alone(here: int) -> int:
    """Ends its process at once, as one does that needs more memory than there is."""
    if os.getpid() != here:
        os._exit(9)
    return here


@pytest.mark.parametrize("processes", [1, 2])
def test_every_part_comes_with_what_was_found_in_it_and_in_order(processes: int) -> None:
    assert list(by_processes(doubled, iter(range(20)), processes)) == [(one, 2 * one) for one in range(20)]


def test_what_is_wrong_with_a_part_is_said_when_its_turn_comes() -> None:
    found = by_processes(doubled, [1, -1, 2], 2)

    assert next(found) == (1, 2)
    with pytest.raises(DataError, match="below zero"):
        next(found)


def test_what_processes_leave_that_ended_is_done_here() -> None:
    parts = [HERE] * 9
    assert list(by_processes(ends_where_it_is_not_alone, parts, 2)) == [(HERE, HERE)] * 9


def test_few_parts_are_taken_ahead_of_those_that_are_done() -> None:
    parts = iter(range(100))
    found = by_processes(doubled, parts, 2)

    assert next(found) == (0, 0)
    assert next(parts) <= 6
    list(found)
