"""What limits a run of choices: one answer to everything, a push to a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.comparison import Comparison
from pytest_steering.findings import examine
from pytest_steering.records import Outcome, Record
from tests.findings.choice_faults import CHOICE_FAULTS, choices, chosen, letters, pushed
from tests.findings.test_findings import found, ids

ABOUT_TEXT = {"outputs-unchanged", "outputs-unreadable", "outputs-repeat", "outputs-length", "outputs-cut"}


@pytest.mark.parametrize("name", CHOICE_FAULTS)
def test_each_fault_of_choices_is_named(name: str) -> None:
    assert name in ids(CHOICE_FAULTS[name]())


def test_a_run_of_choices_without_a_fault_says_nothing_of_texts_or_letters() -> None:
    for records in (pushed(letters(), 0.5, 0.0), pushed(letters(often=4), 0.5, 0.0, both_ways=True)):
        assert not {*ABOUT_TEXT, *CHOICE_FAULTS, "answer-constant", "zero-differs"} & set(ids(records))


def test_a_push_to_a_letter_is_named_over_both_orders_and_by_the_answers_that_are_wanted() -> None:
    (by_answer,) = (one for one in found(pushed(letters(often=4), 0.0, 1.0)) if one.id == "letter-prior")
    assert "with (A), (B) wanted equally often" in by_answer.sentence
    (by_order,) = (one for one in found(pushed(letters(often=4), 0.0, 1.0, True)) if one.id == "letter-prior")
    assert "over both orders of the options" in by_order.sentence
    assert abs(by_order.evidence["freed"]) < 0.05 < by_order.evidence["moved"]


def test_an_effect_that_stays_beside_a_push_to_a_letter_is_no_letter_prior() -> None:
    assert "letter-prior" not in ids(pushed(letters(often=4), 0.5, 0.4))
    assert "letter-prior" not in ids(pushed(letters(), 0.0, 1.0, both_ways=True))


def test_without_a_second_order_or_a_second_answer_nothing_is_said_of_letters() -> None:
    assert "letter-prior" not in ids(pushed(["(A)"] * 80, 0.0, 1.0))
    few = [*["(A)"] * 77, "(B)", "(B)", "(B)"]
    assert "letter-prior" not in ids(pushed(few, 0.0, 1.0))


def test_one_option_that_is_wanted_everywhere_may_be_chosen_everywhere() -> None:
    always = [replace(chosen(n, "(A)", 5.0), chosen="(A)") for n in range(40)]
    assert "choice-constant" not in ids(
        choices(always, [replace(one, margin=9.0 + n) for n, one in enumerate(always)])
    )


def test_margins_that_all_stay_are_answers_that_are_unchanged() -> None:
    usual = [chosen(number, one, 0.0) for number, one in enumerate(letters())]
    nudged = [replace(one, margin=(one.margin or 0.0) + 1e-5) for one in usual]
    assert "outputs-unchanged" in ids(choices(usual, nudged))


def test_a_zero_arm_whose_margins_move_differs() -> None:
    records = pushed(letters(), 0.5, 0.0)
    moved = [_moved(one) for one in records["zero"].outcomes]
    assert "zero-differs" in ids({**records, "zero": replace(records["zero"], outcomes=tuple(moved))})


def _moved(one: Outcome) -> Outcome:
    return replace(one, margin=(one.margin or 0.0) + 0.01)


def test_skipped_choices_are_left_out() -> None:
    records = {name: _skipped(one) for name, one in pushed(letters(), 0.5, 0.0).items()}
    assert "choice-constant" not in {one.id for one in examine(Comparison.of(records.values()))}


def _skipped(record: Record) -> Record:
    return replace(record, outcomes=tuple(replace(one, skipped="too long") for one in record.outcomes))
