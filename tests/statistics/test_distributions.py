from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pytest_steering.statistics import distributions

shares = st.floats(1e-6, 1 - 1e-6)
degrees = st.floats(1, 300)
values = st.floats(-30, 30)


@given(shares, values)
def test_the_normal_distribution_is_that_of_scipy(share: float, value: float) -> None:
    assert distributions.normal_quantile(share) == pytest.approx(stats.norm.ppf(share), rel=1e-12)
    assert distributions.normal_below(value) == pytest.approx(stats.norm.cdf(value), rel=1e-12)


@given(shares, values, degrees)
def test_students_distribution_is_that_of_scipy(share: float, value: float, of: float) -> None:
    assert distributions.student_quantile(share, of) == pytest.approx(stats.t.ppf(share, of), rel=1e-9)
    assert distributions.student_above(value, of) == pytest.approx(stats.t.sf(value, of), rel=1e-9)


@given(shares, st.floats(0, 200), degrees)
def test_chi_squared_and_gamma_are_those_of_scipy(share: float, value: float, of: float) -> None:
    assert distributions.chi_squared_above(value, of) == pytest.approx(stats.chi2.sf(value, of), rel=1e-9)
    assert distributions.gamma_quantile(share, of) == pytest.approx(stats.gamma.ppf(share, of), rel=1e-9)


@given(st.integers(0, 400), st.integers(-3, 403), st.floats(0.01, 0.99))
def test_tails_of_the_binomial_are_those_of_scipy(trials: int, count: int, chance: float) -> None:
    at_least = distributions.binomial_at_least(count, trials, chance)
    at_most = distributions.binomial_at_most(count, trials, chance)
    assert at_least == pytest.approx(stats.binom.sf(count - 1, trials, chance), rel=1e-9, abs=1e-300)
    assert at_most == pytest.approx(stats.binom.cdf(count, trials, chance), rel=1e-9, abs=1e-300)


def test_arrays_are_taken_element_by_element() -> None:
    counts, trials = np.arange(4), np.array([3, 3, 2, 2])
    assert distributions.binomial_at_least(counts, trials, 0.5).tolist() == [1.0, 0.875, 0.25, 0.0]
    assert distributions.student_quantile([0.5, 0.5], [1.0, 9.0]).tolist() == [0.0, 0.0]
