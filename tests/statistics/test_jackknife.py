"""The variance of any statistic over clusters, and Student's interval and test with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    Spread,
    auroc_of,
    jackknife,
    mean_of,
    student_interval,
    student_p,
)

numbers = st.lists(st.integers(-50, 50), min_size=3, max_size=30).filter(lambda drawn: len(set(drawn)) > 1)


@settings(deadline=None)
@given(numbers)
def test_the_jackknife_of_a_mean_is_its_variance(values: list[int]) -> None:
    found = jackknife(mean_of(values), len(values))
    assert found.variance == pytest.approx(np.var(values, ddof=1) / len(values))


def test_clusters_are_left_out_whole() -> None:
    values = np.random.default_rng(0).normal(size=20)
    twice = jackknife(mean_of(np.repeat(values, 2)), 40, np.repeat(np.arange(20), 2).tolist())
    assert twice.variance == pytest.approx(jackknife(mean_of(values), 20).variance)
    assert (twice.clusters, twice.together) == (20, 2.0)


@pytest.mark.parametrize(
    ("clusters", "said"), [(["one"] * 4, "at least two"), (["a", "a", "b", "c"], "rests on that one alone")]
)
def test_what_rests_on_one_cluster_has_no_interval(clusters: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        jackknife(auroc_of([1, 1, 0, 0], [1, 2, 3, 4]), 4, clusters)


@given(numbers)
def test_interval_and_test_of_a_mean_are_students(values: list[int]) -> None:
    spread = jackknife(mean_of(values), len(values))
    mean = float(np.mean(values))
    expected = stats.t.interval(0.95, len(values) - 1, mean, stats.sem(values))
    assert list(student_interval(mean, spread)) == pytest.approx(list(expected))
    p = stats.ttest_1samp(values, 0.0).pvalue
    assert student_p(mean, spread) == pytest.approx(max(p, 2.0 ** (1 - len(values))))


def test_interval_and_test_agree_on_whether_there_is_a_change() -> None:
    spread = Spread(0.01, 40, 20, 2.0)
    edge = student_interval(0.0, spread, 1.0).high
    assert student_p(edge, spread, 1.0) == pytest.approx(0.05)


def test_a_number_without_any_variance_has_an_interval_and_no_tiny_p() -> None:
    none = Spread(0.0, 20, 10, 2.0)
    found = student_interval(0.5, none, away=1.0)
    assert found.high - found.low > 0.1
    assert student_p(0.5, none) == 2.0**-9
    assert student_p(0.0, none) == 1.0
