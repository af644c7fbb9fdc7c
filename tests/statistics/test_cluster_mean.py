from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_steering.errors import DataError
from pytest_steering.statistics import by_cluster, cluster_mean, mean_interval, rise_bound

numbers = st.lists(st.floats(-5, 5).map(lambda x: round(x, 3)), min_size=2, max_size=40)


@given(numbers)
def test_single_samples_have_the_interval_of_students_t(values: list[float]) -> None:
    error = stats.sem(values)
    assume(len(set(values)) > 1)
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
    found = mean_interval(values)
    assert list(found) == pytest.approx(list(expected), abs=1e-9)


def test_numbers_that_are_all_alike_do_not_show_that_none_differs() -> None:
    assert mean_interval([10.0] * 5).low < 8
    assert mean_interval([0.1, 0.1, 0.1]).low < 0.05
    assert mean_interval([0.0] * 50, scale=3.0).high == pytest.approx(
        -mean_interval([0.0] * 50, scale=3.0).low
    )
    assert 0.02 < mean_interval([0.0] * 50, scale=3.0).high < 0.1


def test_clusters_have_the_cluster_robust_error_of_a_regression_on_a_constant() -> None:
    sm = pytest.importorskip("statsmodels.api")
    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), generator.integers(1, 6, 12))
    values = generator.normal(0, 1, 12)[groups] + generator.normal(0, 0.3, len(groups))
    found = cluster_mean(*by_cluster(values, groups.tolist()))
    fitted = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    assert float(found.mean) == pytest.approx(fitted.params[0])
    assert float(found.error) == pytest.approx(fitted.bse[0] * (12 / 11) ** 0.5)


@given(numbers)
def test_samples_that_move_as_one_widen_the_interval_as_fewer_samples_do(values: list[float]) -> None:
    twice, names = np.repeat(values, 2), np.repeat(np.arange(len(values)), 2).tolist()
    assert list(mean_interval(twice, names)) == pytest.approx(list(mean_interval(values)), abs=1e-9)


def test_one_cluster_has_no_interval() -> None:
    with pytest.raises(DataError, match="1 clusters"):
        mean_interval([1.0, 2.0], ["a", "a"])


@given(numbers, st.floats(0, 5))
@settings(max_examples=40)
def test_the_bound_is_students_of_the_samples_and_two_imagined_ones(values: list[float], most: float) -> None:
    bound = float(rise_bound(*by_cluster(values), most, 0.98))
    assert bound == pytest.approx(mean_interval([*values, most, most], confidence=0.96).high, abs=1e-9)


def test_no_rise_seen_in_few_samples_does_not_exclude_one() -> None:
    few, many = (float(rise_bound(np.zeros(n), np.ones(n), 1.0)) for n in (8, 160))
    assert few > 0.3
    assert 0 < many < 0.04


def test_many_bounds_at_once_are_those_of_each_alone() -> None:
    sums = np.random.default_rng(0).normal(size=(3, 4, 20))
    bounds = rise_bound(sums, np.full_like(sums, 2.0), np.full((3, 4), 1.5))
    assert bounds[1, 2] == pytest.approx(float(rise_bound(sums[1, 2], np.full(20, 2.0), 1.5)))
