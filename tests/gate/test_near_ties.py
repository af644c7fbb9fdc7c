from __future__ import annotations

import pytest

from pytest_steering.gate.near_ties import at_near_tie
from pytest_steering.records import Outcome


def answer(response: str, tied_at: int | None = None, tied_text: str = "") -> Outcome:
    return Outcome("s", "yes", response=response, tied_at=tied_at, tied_text=tied_text)


YES, NO = " Vulnerable. It is.", " Secure. It is."


@pytest.mark.parametrize("which", ["before", "now"])
def test_answers_that_part_where_one_nearly_was_the_other_are_excused(which: str) -> None:
    tied, other = answer(YES, 0, " Secure"), answer(NO)
    assert at_near_tie(*((tied, other) if which == "before" else (other, tied)))


def test_a_tie_further_on_in_a_shared_beginning_excuses_only_answers_that_part_there() -> None:
    one = answer(" It is safe.", 2, " It is un")
    assert at_near_tie(one, answer(" It is unsafe."))
    assert not at_near_tie(one, answer(" It was unsafe."))
    assert not at_near_tie(one, answer(" It is not safe."))


def test_a_tie_between_other_tokens_excuses_nothing() -> None:
    assert not at_near_tie(answer(YES, 0, " Perhaps"), answer(NO, 0, " Maybe"))


def test_an_answer_that_nearly_ended_is_excused_where_the_other_did_end() -> None:
    one = answer(" It is safe.", 2, " It is")
    assert at_near_tie(one, answer(" It is"))
    assert not at_near_tie(one, answer(" It is unsafe."))


def test_the_same_answer_needs_no_excuse() -> None:
    assert not at_near_tie(answer(YES, 0, " Secure"), answer(YES, 0, " Secure"))


@pytest.mark.parametrize(("token", "excused"), [(0, True), (1, True), (3, False), (None, False)])
def test_of_records_that_know_the_place_alone_it_has_to_be_where_the_answers_part(
    token: int | None, excused: bool
) -> None:
    assert at_near_tie(answer(NO), answer(YES, token)) is excused


def test_a_baseline_that_knows_the_place_alone_is_not_taken_at_its_word() -> None:
    assert not at_near_tie(answer(NO, 0), answer(YES))
