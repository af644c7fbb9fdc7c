from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_steering.records import Outcome, Record, from_line, to_line
from pytest_steering.run_folder.cell import newest_cells, says_the_same

RIGHT, WRONG = (Outcome("s", "yes", predicted=answer, correct=answer == "yes") for answer in ("yes", "no"))


def record(vector: str = "1", outcome: Outcome = RIGHT, **changes: Any) -> Record:
    """A steered cell."""
    made = Record(
        {"purpose": "score", "model": {"name": "m"}, "intervention": {"layers": [3], "scale": 1.0}},
        provenance={"sha256": vector * 64},
        outcomes=(outcome,),
        experiment="test_it",
    )
    return replace(made, **changes)


def test_the_newest_record_of_a_cell_counts_and_says_what_it_takes_the_place_of() -> None:
    old, new = record("1"), record("2", WRONG, attempt=2)
    (cell,) = newest_cells([old, new]).values()
    assert (cell.record, cell.earlier, cell.collision) == (new, (old,), "")
    assert cell.remeasured == "measured anew (1 earlier record): vector 11111111 → 22222222"


def test_records_of_one_key_that_differ_and_were_made_in_one_going_collide() -> None:
    one, other = record("1"), record("2")
    (cell,) = newest_cells([one, other]).values()
    assert (cell.record, cell.rivals, cell.remeasured) == (other, (one,), "")
    assert cell.collision == "2 records of one cell differ: vector 11111111 → 22222222"


def test_answers_that_differ_without_a_reason_collide_too() -> None:
    (cell,) = newest_cells([record(), record(outcome=WRONG)]).values()
    assert "nothing that decides it does" in cell.collision


def test_two_cells_that_collided_in_the_going_before_are_both_replaced_by_the_next() -> None:
    (cell,) = newest_cells([record("1"), record("2"), record("3", attempt=2)]).values()
    assert (cell.collision, len(cell.earlier)) == ("", 2)


def test_a_repetition_is_worth_no_word() -> None:
    again = record(latency={"all_arms_seconds": 2.0}, attempt=2)
    (cell,) = newest_cells([record(), again]).values()
    assert (cell.remeasured, cell.collision) == ("", "")
    assert says_the_same(again, record())
    assert not says_the_same(record(findings=({"id": "x"},)), record())


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_failed_try_is_no_rival_of_the_one_that_went_well(attempt: int) -> None:
    failed = record(outcomes=(), evidence={"failed": "no memory"})
    (cell,) = newest_cells([failed, record(attempt=attempt)]).values()
    assert (cell.collision, cell.earlier) == ("", (failed,))
    assert cell.remeasured == "measured anew (1 earlier record): an earlier one failed"


def test_after_a_failure_nothing_that_was_measured_before_holds() -> None:
    failed = record(outcomes=(), evidence={"failed": "no memory"}, attempt=2)
    (cell,) = newest_cells([record(), failed]).values()
    assert cell.record is failed


def test_cells_come_in_order_of_appearance() -> None:
    records = [record(arm="unsteered"), record("1"), record(arm="unsteered", attempt=2)]
    assert [cell.record.arm for cell in newest_cells(records).values()] == ["unsteered", "steered"]


def test_numbers_that_are_none_make_no_difference_between_equal_records() -> None:
    undefined = record(metrics={"auroc": float("nan")})
    assert says_the_same(from_line(to_line(undefined)), undefined)
