from __future__ import annotations

import pytest

from pytest_steering.comparison import Facts, constant_answer, trivial_predictors
from pytest_steering.comparison.metrics import metric
from pytest_steering.records import Outcome
from tests.comparison.outcomes_at_hand import answers, made


def test_always_yes_and_always_no_are_there_whatever_was_answered() -> None:
    found = trivial_predictors(answers((1, "none"), (0, "none")))
    assert {
        name: tuple(metric(rate).value(one) for rate in ("tpr", "tnr")) for name, one in found.items()
    } == {
        "always yes": (1.0, 0.0),
        "always no": (0.0, 1.0),
    }


@pytest.mark.parametrize("lengths", [(10, 20), (20, 10)])
def test_length_only_takes_the_direction_that_fits(lengths: tuple[int, int]) -> None:
    arm = [
        *answers((1, "no"), (1, "no"), length=lengths[0]),
        *answers((0, "no"), (0, "no"), length=lengths[1]),
    ]
    assert metric("auroc").value(trivial_predictors(arm)["length only"]) == 1.0


def test_a_trivial_predictor_keeps_pairs_and_labels() -> None:
    arm = [*answers((1, "no"), length=5, pair_id="p"), *answers((0, "no"), length=9, pair_id="p")]
    assert metric("pair_ranking_accuracy").value(trivial_predictors(arm)["length only"]) == 1.0


def test_without_lengths_there_is_no_length_only() -> None:
    assert list(trivial_predictors(answers((1, "no")))) == ["always yes", "always no"]


def test_samples_that_were_left_out_are_predicted_by_none() -> None:
    arm = [made("a", "yes", 1), made("b", "none", 0, skipped="too long")]
    assert [one.confusion.n for one in trivial_predictors(arm).values()] == [1, 1]


def choice(number: int, wanted: str, chosen: str) -> Outcome:
    predicted = "yes" if chosen == wanted else "no"
    return Outcome(f"s{number}", "yes", predicted, correct=chosen == wanted, wanted=wanted, chosen=chosen)


def test_of_choices_each_option_is_what_knowing_nothing_would_choose() -> None:
    arm = [choice(n, "(A)" if n < 3 else "(B)", "(B)") for n in range(4)]
    found = trivial_predictors(arm)

    assert {name: metric("accuracy").value(one) for name, one in found.items()} == {
        "always (A)": 0.75,
        "always (B)": 0.25,
    }
    assert constant_answer(Facts(arm)) == "always (B)"


def test_choices_between_texts_of_their_own_have_no_answer_that_knows_nothing() -> None:
    arm = [choice(n, f"text {n}", f"text {n}") for n in range(40)]

    assert trivial_predictors(arm) == {}
    assert constant_answer(Facts(arm)) is None


def test_verdicts_that_are_all_the_same_are_named_by_it() -> None:
    assert constant_answer(Facts(answers((1, "yes"), (0, "yes")))) == "always yes"
