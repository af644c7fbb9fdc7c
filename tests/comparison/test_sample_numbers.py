"""The number of one sample by the name of its mean."""

from __future__ import annotations

import math

import pytest

from pytest_steering.comparison.metrics.sample_numbers import number_of
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome


def test_a_metric_that_is_a_mean_gives_the_number_behind_it() -> None:
    assert number_of("margin")(Outcome("s", "", margin=1.5)) == 1.5
    assert number_of("first_token_kl")(Outcome("s", "", first_token_kl=0.25)) == 0.25


def test_a_share_counts_each_of_its_samples_one_or_zero_and_others_not_at_all() -> None:
    right = Outcome("s", "yes", predicted="yes", correct=True)
    wrong, unlabelled = Outcome("s", "yes", predicted="no", correct=False), Outcome("s", "")
    assert [number_of("accuracy")(one) for one in (right, wrong, unlabelled)] == [1.0, 0.0, None]


def test_any_other_name_is_a_score_and_one_that_failed_or_is_not_there_is_none() -> None:
    scored = Outcome("s", "", scores={"sentiment": 0.5, "french": None})
    assert [number_of(name)(scored) for name in ("sentiment", "french", "topic")] == [0.5, None, None]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_none(value: float) -> None:
    assert number_of("margin")(Outcome("s", "", margin=value)) is None
    assert number_of("sentiment")(Outcome("s", "", scores={"sentiment": value})) is None


def test_a_number_of_all_samples_together_is_refused_rather_than_taken_for_a_score_that_is_missing() -> None:
    with pytest.raises(DataError, match="'auroc' is a number of all samples together"):
        number_of("auroc")
