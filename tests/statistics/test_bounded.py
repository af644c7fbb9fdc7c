"""Intervals of shares and of other numbers between two ends, whose samples come in clusters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pytest_steering.errors import DataError
from pytest_steering.statistics import Spread, bounded_interval, share_interval, spread_of_mean

counts = st.integers(60, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def flags(count: int, samples: int) -> list[int]:
    return [1] * count + [0] * (samples - count)


@given(counts)
def test_single_samples_have_wilsons_interval(counted: tuple[int, int]) -> None:
    expected = binomtest(*counted).proportion_ci(method="wilson")
    assert list(share_interval(flags(*counted))) == pytest.approx([expected.low, expected.high])


@pytest.mark.parametrize(("wrong", "holds"), [(1, True), (2, True), (3, False)])
def test_few_wrong_answers_of_few_have_the_end_of_a_poisson_count(wrong: int, holds: bool) -> None:
    wilsons = binomtest(48 - wrong, 48).proportion_ci(method="wilson")
    found = share_interval(flags(48 - wrong, 48))
    assert bool(found.high > wilsons.high + 1e-9) is holds
    assert found.low == pytest.approx(wilsons.low)
    mirrored = share_interval(flags(wrong, 48))
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_copies_of_samples_say_no_more_than_the_samples() -> None:
    alone, copied = share_interval(flags(30, 40)), share_interval(flags(30, 40) * 10, [*range(40)] * 10)
    assert copied.low == pytest.approx(alone.low, abs=0.02)
    assert copied.high == pytest.approx(alone.high, abs=0.02)
    two = share_interval(flags(50, 100), [0] * 50 + [1] * 50)
    assert two.low < 0.05
    assert two.high > 0.95


@pytest.mark.parametrize("together", [1, 2, 6])
def test_what_was_always_right_is_known_as_from_as_many_samples_as_clusters(together: int) -> None:
    found = share_interval([1] * 78, [number // together for number in range(78)])
    exact = binomtest(78 // together, 78 // together).proportion_ci(method="exact").low
    assert found.high == 1.0
    assert exact - 0.09 < found.low < 0.954


def test_one_cluster_is_one_sample() -> None:
    assert share_interval([1] * 50, [0] * 50).low == pytest.approx(
        binomtest(1, 1).proportion_ci(method="wilson").low
    )


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40),
)
def test_an_interval_holds_its_share_and_stays_between_the_ends(drawn: list[tuple[bool, int]]) -> None:
    counted, clusters = zip(*drawn, strict=True)
    found = share_interval(counted, clusters)
    assert 0 <= found.low <= sum(counted) / len(counted) + 1e-9
    assert sum(counted) / len(counted) - 1e-9 <= found.high <= 1
    assert found.low < found.high


def test_other_ends_stretch_the_interval() -> None:
    spread = Spread(0.01, 50, 50, 1.0)
    unit = bounded_interval(0.5, spread)
    wide = bounded_interval(0.0, spread._replace(variance=0.04), (-1.0, 1.0))
    assert (wide.low, wide.high) == pytest.approx((2 * unit.low - 1, 2 * unit.high - 1))


def test_the_spread_of_a_mean_is_the_cluster_robust_variance_of_bell_and_mccaffrey() -> None:
    sm = pytest.importorskip("statsmodels.api")
    import numpy as np

    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), generator.integers(1, 6, 12))
    values = generator.normal(0, 1, 12)[groups]
    away = values - sm.OLS(values, np.ones(len(values))).fit().fittedvalues
    # CR2: the residuals of each cluster times the inverse square root of I − H.
    total = sum(
        (np.linalg.inv(_root(np.eye(size) - 1 / len(values))) @ away[groups == group]).sum() ** 2
        for group, size in enumerate(np.bincount(groups))
    )
    found = spread_of_mean(values, groups.tolist())
    assert found.variance == pytest.approx(total / len(values) ** 2)
    assert (found.samples, found.clusters) == (len(values), 12)


@pytest.mark.parametrize("sizes", [(1,) * 24, (2,) * 24, (8,) * 20])
def test_clusters_of_one_size_have_as_many_degrees_of_freedom_as_there_are_less_one(
    sizes: tuple[int, ...],
) -> None:
    assert spread_of_means_of(sizes).degrees == pytest.approx(len(sizes) - 1)


@pytest.mark.parametrize("sizes", [(2,) * 21 + (3, 4, 5, 8, 18, 24) * 3, (1,) * 30 + (10,), (5, 3)])
def test_few_large_clusters_have_the_degrees_of_freedom_of_bell_and_mccaffrey(sizes: tuple[int, ...]) -> None:
    import numpy as np

    counts = np.asarray(sizes, dtype=float)
    samples = counts.sum()
    # The variance is a quadratic form in the clusters' sums, whose variances are their sizes.
    away = np.eye(len(sizes)) - np.outer(counts, np.ones(len(sizes))) / samples
    form = (away.T / (1 - counts / samples)) @ away @ np.diag(counts)
    expected = np.trace(form) ** 2 / np.trace(form @ form)
    assert spread_of_means_of(sizes).degrees == pytest.approx(max(1.0, expected), rel=0.08)


def spread_of_means_of(sizes: tuple[int, ...]) -> Spread:
    """Return the spread of a mean of samples that come in clusters of these sizes."""
    clusters = [cluster for cluster, size in enumerate(sizes) for _ in range(size)]
    return spread_of_mean([float(sample % 7) for sample in range(len(clusters))], clusters)


def _root(matrix: Any) -> Any:
    import numpy as np

    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag(np.sqrt(values)) @ vectors.T


def test_no_samples_have_no_interval() -> None:
    with pytest.raises(DataError, match="is empty"):
        share_interval([])
