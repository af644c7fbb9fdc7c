from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    Alternative,
    PairedCounts,
    mcnemar,
    mcnemar_p_values,
    paired_counts,
    smallest_p,
)

counts = st.integers(0, 60)
alternatives = st.sampled_from(["two-sided", "greater", "less"])


@given(counts, counts, alternatives)
def test_p_is_that_of_a_binomial_test_on_discordant_samples(b: int, c: int, alternative: Alternative) -> None:
    expected = binomtest(b, b + c, 0.5, alternative).pvalue if b + c else 1.0
    assert mcnemar(b, c, alternative) == pytest.approx(expected, rel=1e-12)


@given(counts, counts)
def test_two_sided_p_is_that_of_statsmodels(b: int, c: int) -> None:
    expected = reference_mcnemar([[5, b], [c, 7]], exact=True).pvalue if b + c else 1.0
    assert mcnemar(b, c) == pytest.approx(expected, rel=1e-12)


@given(counts, counts)
def test_swapping_the_conditions_swaps_the_direction(b: int, c: int) -> None:
    assert mcnemar(b, c) == mcnemar(c, b)
    assert mcnemar(b, c, "greater") == mcnemar(c, b, "less")


@given(counts, counts, alternatives)
def test_p_is_a_probability_no_smaller_than_attainable(b: int, c: int, alternative: Alternative) -> None:
    assert smallest_p(b + c, alternative) * (1 - 1e-12) <= mcnemar(b, c, alternative) <= 1.0


@given(counts, counts)
def test_one_more_broken_sample_never_raises_the_p_of_a_drop(b: int, c: int) -> None:
    assert mcnemar(b + 1, c, "greater") <= mcnemar(b, c, "greater")


def test_the_smallest_significant_splits_are_the_known_ones() -> None:
    assert all(mcnemar(b, c) < 0.05 for b, c in [(6, 0), (8, 1), (10, 2)])
    assert all(mcnemar(b, c) >= 0.05 for b, c in [(5, 0), (7, 1), (9, 2)])


def test_sixty_cells_under_plain_holm_need_twelve_to_none() -> None:
    assert smallest_p(12, "greater") <= 0.02 / 60 < smallest_p(11, "greater")


def test_false_alarms_stay_within_the_level_for_every_discordant_count() -> None:
    for m in range(1, 40):
        b = np.arange(m + 1)
        chance = np.array([binomtest(int(k), m).pvalue for k in b]) <= 0.05
        weights = np.array([float(np.exp2(-m)) * _choose(m, int(k)) for k in b])
        found = mcnemar_p_values(b, m - b) <= 0.05
        assert np.array_equal(found, chance)
        assert weights[found].sum() <= 0.05


def test_paired_counts_name_what_happened_to_each_sample() -> None:
    table = paired_counts([1, 1, 0, 0, 1], [1, 0, 1, 0, 1])
    assert table == PairedCounts(both_right=2, broken=1, fixed=1, both_wrong=1)
    assert table.n == 5


def test_conditions_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match=r"lengths \[2, 3\]"):
        paired_counts([1, 0], [1, 0, 1])


def test_negative_counts_are_refused() -> None:
    with pytest.raises(DataError, match="negative"):
        mcnemar(-1, 3)


def _choose(n: int, k: int) -> int:
    import math

    return math.comb(n, k)
