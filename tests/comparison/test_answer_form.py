from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import metric
from tests.experiments.cells import truthful

UNSTEERED = truthful(10)


def value(name: str, facts: Facts) -> float | None:
    return metric(name).value(facts)


def test_the_form_of_answers_is_counted() -> None:
    answers = [replace(one, response=" no" * 20, ended=False, tokens=16) for one in UNSTEERED[:5]]
    facts = Facts([*answers, *UNSTEERED[5:]], UNSTEERED)
    assert value("repeat_share", facts) == 0.5
    assert value("unreadable_share", facts) == 0.0
    assert value("unended_share", facts) == 0.5
    assert value("length_ratio", facts) == 1.5


def test_answers_in_other_tokens_are_counted() -> None:
    reworded = [replace(one, tokens_sha256="other") for one in UNSTEERED[:3]]
    assert value("changed_share", Facts([*reworded, *UNSTEERED[3:]], UNSTEERED)) == 0.3


def test_what_either_arm_left_out_is_no_changed_answer() -> None:
    left_out = [replace(UNSTEERED[0], skipped="too long", tokens_sha256=""), *UNSTEERED[1:]]
    assert value("changed_share", Facts(UNSTEERED, left_out)) == 0.0
    assert value("changed_share", Facts(left_out, UNSTEERED)) == 0.0


def test_an_answer_that_its_verdict_ended_has_no_length_of_its_own() -> None:
    cut = [replace(one, tokens=1, ended=None) for one in UNSTEERED[:9]]
    assert value("length_ratio", Facts([*cut, replace(UNSTEERED[9], tokens=16)], UNSTEERED)) == 2.0
    assert value("length_ratio", Facts(cut, UNSTEERED)) is None
    assert metric("unended_share").why_undefined(Facts(cut)) == "it is not known where the answers ended"


@pytest.mark.parametrize("name", ["changed_share", "length_ratio"])
def test_without_the_unsteered_arm_the_recorded_number_stands(name: str) -> None:
    assert value(name, Facts(UNSTEERED, measured={name: 0.25})) == 0.25
    assert metric(name).why_undefined(Facts(UNSTEERED)) == "there is no unsteered arm beside it"


def test_a_sample_without_kl_is_not_averaged() -> None:
    some = [replace(UNSTEERED[0], first_token_kl=0.5), *UNSTEERED[1:]]
    assert value("first_token_kl", Facts(some)) == 0.5
    assert value("first_token_kl", Facts(UNSTEERED)) is None
