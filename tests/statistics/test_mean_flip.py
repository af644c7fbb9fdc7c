from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.statistics import Alternative, mean_flip, sign_flip, smallest_p
from pytest_steering.statistics.mean_flip import DRAWS, POOLS, _pools, _signs, mean_flip_tails

numbers = st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 3))
changes = st.lists(numbers, max_size=8)
alternatives = st.sampled_from(["two-sided", "greater", "less"])


def enumerated(values: Sequence[float], alternative: Alternative) -> float:
    """The same p from all 2^k signs, in thousandths."""
    sizes, total = [round(1000 * abs(one)) for one in values], sum(round(1000 * one) for one in values)
    sums = np.array([np.dot(signs, sizes) for signs in product((-1, 1), repeat=len(sizes))])
    least = {"greater": total, "less": -total}.get(alternative, abs(total))
    return min(1.0, (2 if alternative == "two-sided" else 1) * float(np.mean(sums >= least)))


@settings(max_examples=60)
@given(changes, alternatives)
def test_p_of_few_clusters_is_the_share_of_all_signs_that_are_as_extreme(
    values: list[float], side: Alternative
) -> None:
    assert mean_flip(values, side) == pytest.approx(enumerated(values, side), rel=1e-12)


@settings(max_examples=30)
@given(st.lists(st.integers(-4, 4), min_size=20, max_size=60), alternatives)
def test_drawn_signs_give_the_exact_p_of_whole_numbers_to_a_few_tenths_of_it(
    values: list[int], side: Alternative
) -> None:
    exact = sign_flip(values, side)
    assert mean_flip(values, side) == pytest.approx(exact, rel=0.5, abs=2e-4)


@settings(max_examples=30)
@given(st.lists(numbers, min_size=13, max_size=40), alternatives)
def test_neither_order_nor_unchanged_clusters_nor_the_unit_matter(
    values: list[float], side: Alternative
) -> None:
    shuffled = [0.0, *np.random.default_rng(0).permutation(values).tolist(), 0.0]
    assert mean_flip(shuffled, side) == mean_flip(values, side)
    assert mean_flip([1024 * one for one in values], side) == mean_flip(values, side)


@given(st.lists(numbers, max_size=30))
def test_turned_signs_turn_the_direction(values: list[float]) -> None:
    assert mean_flip(values, "greater") == mean_flip([-one for one in values], "less")


@given(st.integers(0, 12))
def test_the_smallest_p_is_that_of_all_clusters_changing_one_way(clusters: int) -> None:
    values = [0.1 + 0.01 * one for one in range(clusters)]
    assert mean_flip(values, "greater") == float(smallest_p(clusters, "greater"))


def test_many_clusters_that_all_change_one_way_reach_the_level_of_the_largest_runs() -> None:
    assert mean_flip(np.linspace(0.1, 1, 60), "greater") == 1 / (DRAWS + 1)
    assert 1 / (DRAWS + 1) <= 0.02 / 2000


def test_without_a_change_p_is_one() -> None:
    assert (mean_flip([]), mean_flip([0.0] * 50), mean_flip([0.0] * 50, "greater")) == (1.0, 1.0, 1.0)


def test_equal_changes_that_cancel_are_ties_whatever_their_last_digits() -> None:
    assert mean_flip([0.1, 0.2, -0.3], "greater") == 5 / 8


def test_many_comparisons_at_once_have_the_p_of_each_alone() -> None:
    drawn = np.random.default_rng(1).normal(0.05, 1, (40, 60)) * (np.arange(60) < 30)
    alone = [mean_flip(row, "greater") for row in drawn]
    assert mean_flip_tails(drawn).tolist() == alone


@pytest.mark.parametrize("level", [0.05, 0.02])
def test_p_is_below_a_level_no_more_often_than_that_if_signs_are_fair(level: float) -> None:
    drawn = np.random.default_rng(2).standard_t(3, (4000, 40))
    share = float((mean_flip_tails(drawn) <= level).mean())
    assert share <= level + 3 * (level / 4000) ** 0.5


def test_comparisons_do_not_share_the_luck_of_one_set_of_draws() -> None:
    sizes = -np.sort(-np.abs(np.random.default_rng(3).normal(0, 1, (2000, 20))), axis=1)
    assert np.bincount(_pools(sizes), minlength=POOLS).min() > 20
    assert len({_signs(pool, 0, 20).tobytes() for pool in range(POOLS)}) == POOLS
