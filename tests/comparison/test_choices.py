"""How often the wanted option is chosen, and how far the model leans to it in either order."""

from __future__ import annotations

import pytest

from pytest_steering.comparison import Facts, estimate
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import same_answer
from pytest_steering.records import Outcome
from pytest_steering.statistics import share_interval


def choice(number: int, predicted: str, **changes: object) -> Outcome:
    return Outcome(f"s{number}", "", predicted, wanted="(A)", **{"margin": 1.0, **changes})  # type: ignore[arg-type]


def test_the_matching_rate_is_over_choices_and_no_choice_does_not_match() -> None:
    others = [Outcome("v", "yes", "yes", margin=1.0)]
    facts = Facts([choice(0, "yes"), choice(1, "no"), choice(2, "none"), choice(3, "yes"), *others])
    assert metric("matching_rate").value(facts) == 0.5
    assert estimate(facts, "matching_rate").interval == share_interval([1, 0, 0, 1])
    assert metric("matching_rate").value(Facts(others)) is None
    assert metric("matching_rate").why_undefined(Facts(others)) == "no option was to be chosen"


def test_the_margin_over_both_orders_is_free_of_a_leaning_to_a_letter() -> None:
    leaning = [
        choice(0, "yes", margin=2.5, swapped_margin=-1.5),
        choice(1, "no", margin=-1.0, swapped_margin=3.0),
    ]
    assert metric("margin_both_polarities").value(Facts(leaning)) == pytest.approx(0.75)
    assert metric("margin_both_polarities").value(Facts([choice(0, "yes")])) is None


def test_texts_are_the_same_token_for_token_and_margins_within_rounding() -> None:
    written = Outcome("s", "", margin=1.0, tokens=3, tokens_sha256="a")
    assert same_answer(written, Outcome("s", "", margin=2.0, tokens=3, tokens_sha256="a"))
    assert not same_answer(written, Outcome("s", "", margin=1.0, tokens=3, tokens_sha256="b"))
    assert same_answer(choice(0, "yes"), choice(0, "yes", margin=1.0001))
    assert not same_answer(choice(0, "yes"), choice(0, "yes", margin=1.01))
    infinite = choice(0, "yes", margin=float("inf"))
    assert same_answer(infinite, infinite)
