from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from pytest_steering.errors import DataError
from pytest_steering.statistics import Rank, cochran_q, dose_response, rank_among, slopes

numbers = st.floats(-100, 100)
references = st.lists(numbers, min_size=1, max_size=20)


@given(numbers, references)
def test_a_rank_counts_the_references_that_are_as_large(value: float, others: list[float]) -> None:
    rank, p, ratio = rank_among(value, others)
    assert rank == 1 + sum(abs(other) >= abs(value) for other in others)
    assert p == rank / (len(others) + 1)
    assert (ratio > 1) == (rank == 1)


@given(numbers, references)
def test_the_sign_counts_only_when_asked(value: float, others: list[float]) -> None:
    assert rank_among(-value, others) == rank_among(value, [-other for other in others])
    assert rank_among(value, others, "greater").rank == 1 + sum(other >= value for other in others)


def test_every_rank_is_as_likely_if_the_effect_is_one_more_random_direction() -> None:
    ranks = [rank_among(first, rest, "greater").rank for first, *rest in permutations([1.0, 2.0, 3.0, 4.0])]
    assert sorted(ranks) == sorted([1, 2, 3, 4] * 6)


def test_references_that_moved_nothing_leave_an_infinite_or_no_ratio() -> None:
    assert rank_among(2.0, [0.0, 0.0]) == Rank(1, 1 / 3, float("inf"))
    assert rank_among(0.0, [0.0, 0.0]) == Rank(3, 1.0, 0.0)


def test_the_ratio_is_to_the_largest_reference_however_small_that_is() -> None:
    assert rank_among(0.5, [0.25, -0.125]) == Rank(1, 1 / 3, 2.0)


def test_a_rank_needs_finite_numbers() -> None:
    with pytest.raises(DataError, match="finite"):
        rank_among(float("nan"), [1.0])
    with pytest.raises(DataError, match="empty"):
        rank_among(1.0, [])


@given(st.lists(numbers, min_size=4, max_size=4))
def test_slopes_are_those_of_a_least_squares_fit(outcome: list[float]) -> None:
    coefficients = [-2.0, 0.0, 1.0, 4.0]
    expected = np.polyfit(coefficients, outcome, 1)[0]
    assert slopes(coefficients, [outcome]) == pytest.approx([expected], abs=1e-9)


def test_items_that_go_the_other_way_are_counted() -> None:
    found = dose_response([0, 1, 2], [[0, 1, 2], [5, 4, 3], [0, 3, 6], [1, 1, 1]])
    assert found.item_slopes.tolist() == [1.0, -1.0, 3.0, 0.0]
    assert found.slope == pytest.approx(0.75)
    assert found.anti_steerable == 0.25
    assert found.among_random is None


def test_a_slope_is_ranked_among_those_of_random_directions() -> None:
    noise = np.random.default_rng(0).normal(size=(9, 30, 4))
    steered = np.outer(np.ones(30), [0, 1, 2, 3]) + noise[0]
    found = dose_response([0, 1, 2, 3], steered, noise[1:])
    assert found.random_slopes == pytest.approx(slopes([0, 1, 2, 3], noise[1:].mean(axis=1)))
    assert found.among_random is not None
    assert found.among_random.rank == 1


@pytest.mark.parametrize(
    ("coefficients", "outcomes", "message"),
    [
        ([1.0, 1.0], [[1.0, 2.0]], "all coefficients are equal"),
        ([0.0, 1.0, 2.0], [[1.0, 2.0]], "3 coefficients"),
        ([0.0, 1.0], [[1.0, float("nan")]], "not finite"),
        ([0.0, 1.0], [1.0, 2.0], "shape"),
    ],
)
def test_a_line_that_cannot_be_fitted_is_refused(
    coefficients: list[float], outcomes: list[list[float]], message: str
) -> None:
    with pytest.raises(DataError, match=f"(?i){message}"):
        dose_response(coefficients, outcomes)


def test_q_is_that_of_an_inverse_variance_meta_analysis() -> None:
    changes = [1, 1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 1, -1, 0, 0]
    groups = ["a"] * 5 + ["b"] * 4 + ["c"] * 6
    parts = [np.array(changes[:5]), np.array(changes[5:9]), np.array(changes[9:])]
    effects = np.array([part.mean() for part in parts])
    variances = np.array([(np.sum((part - part.mean()) ** 2) + 1) / part.size**2 for part in parts])
    found = cochran_q(changes, groups, permutations=99)
    assert found.q == pytest.approx(combine_effects(effects, variances).q)
    assert found.effects == pytest.approx(dict(zip("abc", effects, strict=True)))
    assert found.degrees == 2


def test_one_group_that_carries_the_effect_is_found() -> None:
    changes = np.zeros(160)
    changes[:12] = 1
    found = cochran_q(changes, np.repeat(np.arange(8), 20).tolist())
    assert found.p <= 0.001
    assert found.i_squared > 0.5


def test_the_same_effect_everywhere_is_not_heterogeneous() -> None:
    changes = np.tile([1.0] * 6 + [0.0] * 14, 8)
    found = cochran_q(changes, np.repeat(np.arange(8), 20).tolist())
    assert found.q == pytest.approx(0.0)
    assert found.p == 1.0


def test_nothing_that_changed_is_not_heterogeneous() -> None:
    found = cochran_q(np.zeros(12), ["a", "b"] * 6)
    assert (found.q, found.p, found.i_squared) == (0.0, 1.0, 0.0)


def test_copies_of_one_scenario_count_as_one_when_clustered() -> None:
    changes = np.zeros(80)
    changes[:8] = 1
    groups, bases = np.repeat(np.arange(5), 16).tolist(), np.repeat(np.arange(10), 8).tolist()
    assert cochran_q(changes, groups).p < 0.01
    assert cochran_q(changes, groups, bases).p > 0.5


@settings(max_examples=20)
@given(st.lists(st.integers(-1, 1), min_size=12, max_size=12))
def test_q_does_not_depend_on_the_order_of_samples(changes: list[int]) -> None:
    groups = ["a", "b", "c"] * 4
    found, reversed_found = cochran_q(changes, groups), cochran_q(changes[::-1], groups[::-1])
    assert found.q == pytest.approx(reversed_found.q)
    assert found.p == pytest.approx(reversed_found.p, abs=0.03)


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_false_heterogeneity_is_found_no_more_often_than_its_level(level: float) -> None:
    generator = np.random.default_rng(5)
    groups = np.repeat(np.arange(6), 8).tolist()
    found = [
        cochran_q(generator.choice([-1, 0, 1], size=48, p=[0.05, 0.75, 0.2]), groups, permutations=199).p
        for _ in range(400)
    ]
    assert np.mean(np.array(found) <= level) <= level + 0.03


def test_groups_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(DataError, match="One group"):
        cochran_q([0, 1], ["a", "a"])
    with pytest.raises(DataError, match="spans groups"):
        cochran_q([0, 1], ["a", "b"], ["pair", "pair"])
