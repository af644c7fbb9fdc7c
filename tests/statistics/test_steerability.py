"""Slopes with intervals, and whether the same items are steerable when they are asked in another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    dose_response,
    generalisation,
    mean_interval,
    rank_correlation,
    share_interval,
)

SCALES = [0.0, 0.5, 1.0, 2.0]


def curves(slopes: list[float], seed: int = 0) -> list[list[float]]:
    noise = np.random.default_rng(seed).normal(0, 0.05, size=(len(slopes), len(SCALES)))
    return [[float(one) for one in row] for row in np.outer(slopes, SCALES) + noise]


def drawn(count: int, seed: int = 1) -> list[float]:
    return [float(one) for one in np.random.default_rng(seed).normal(0.5, 1.0, size=count)]


def test_the_slope_has_the_interval_of_a_mean_and_the_share_that_of_a_share() -> None:
    found = dose_response(SCALES, curves(drawn(40)))
    assert found.interval == mean_interval(found.item_slopes)
    assert found.anti_steerable_interval == share_interval(found.item_slopes < 0)


def test_items_that_share_a_cluster_widen_both_intervals() -> None:
    slopes = [one for one in drawn(20) for _ in range(4)]
    pairs = [number // 4 for number in range(80)]
    apart, together = (dose_response(SCALES, curves(slopes), clusters=own) for own in (None, pairs))
    for name in ("interval", "anti_steerable_interval"):
        narrow, wide = getattr(apart, name), getattr(together, name)
        assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_a_share_of_none_counts_clusters_and_not_items() -> None:
    found = dose_response(SCALES, curves([1.0] * 40), clusters=[n // 10 for n in range(40)])
    assert found.anti_steerable == 0.0
    assert found.anti_steerable_interval is not None
    assert 0.4 < found.anti_steerable_interval.high < 0.8


def test_one_cluster_has_no_interval() -> None:
    found = dose_response(SCALES, curves([1.0, 2.0]), clusters=["a", "a"])
    assert found.interval is None


def test_a_vector_that_works_is_not_anti_steerable_whichever_way_it_is_to_move_the_margin() -> None:
    falling = curves([-1.0, -1.0, -2.0, 0.5])
    found = dose_response(SCALES, falling)
    assert (found.aim, found.anti_steerable) == (-1, 0.25)
    assert found.slope < 0
    backwards = dose_response([-one for one in SCALES], falling)
    assert (backwards.aim, backwards.anti_steerable) == (-1, 0.25)
    assert dose_response([-one for one in SCALES], falling, aim=-1).anti_steerable == 0.25
    assert dose_response([-one for one in SCALES], falling, aim=1).anti_steerable == 0.75


def test_each_group_has_its_own_slope_and_share_with_intervals() -> None:
    slopes, names = [*drawn(20), *[-one for one in drawn(20)]], ["usual"] * 20 + ["turned"] * 20
    found = dose_response(SCALES, curves([abs(one) for one in slopes[:20]] + slopes[20:]), groups=names)
    assert list(found.groups) == ["usual", "turned"]
    usual, turned = found.groups.values()
    assert (usual.anti_steerable < 0.2, usual.items) == (True, 20)
    assert turned.anti_steerable > 0.5
    assert turned.interval is not None
    assert turned.interval.low < turned.slope < turned.interval.high
    assert turned.anti_steerable_interval.low > usual.anti_steerable_interval.low
    with pytest.raises(DataError, match="1 groups for 40 items"):
        dose_response(SCALES, curves(slopes), groups=["one"])


def test_where_the_margin_is_to_fall_items_that_rise_are_the_wrong_ones() -> None:
    rising = curves([1.0, 1.0, 1.0, -1.0])
    assert dose_response(SCALES, rising).anti_steerable == 0.25
    assert dose_response(SCALES, rising, aim=-1).anti_steerable == 0.75
    with pytest.raises(DataError, match="The aim is 0"):
        dose_response(SCALES, rising, aim=0)


@pytest.mark.slow
def test_the_slopes_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(200):
        found = dose_response(SCALES, curves(drawn(40, seed), seed))
        assert found.interval is not None
        covered += found.interval.low <= 0.5 <= found.interval.high
    assert 180 <= covered <= 200


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=5, max_size=30))
def test_the_rank_correlation_is_spearmans_within_its_interval(rows: list[tuple[int, int]]) -> None:
    from scipy.stats import spearmanr

    one, other = ([float(row[side]) for row in rows] for side in (0, 1))
    rho, interval = rank_correlation(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert np.isnan(rho)
        return
    assert rho == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)
    assert -1 <= interval.low <= rho <= interval.high <= 1


def test_the_rank_correlations_interval_is_that_of_bonett_and_wright() -> None:
    rho, interval = rank_correlation([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7])
    half = 1.959964 * np.sqrt((1 + rho**2 / 2) / 5)
    assert interval == pytest.approx(
        (np.tanh(np.arctanh(rho) - half), np.tanh(np.arctanh(rho) + half)), abs=1e-6
    )


def test_steerability_that_carries_over_ranks_the_same_items() -> None:
    slopes, names = drawn(30), [f"i{number}" for number in range(30)]
    plain = dose_response(SCALES, curves(slopes), items=names)
    halved = dose_response(SCALES, curves([one / 2 for one in slopes[::-1]], 5), items=names[::-1])
    found = generalisation(plain, halved)
    assert found.ratio == pytest.approx(0.5, abs=0.05)
    assert found.rank_correlation > 0.9
    assert found.interval.low < found.rank_correlation < found.interval.high
    assert found.items == 30
    with pytest.raises(DataError, match="0 items are in both"):
        generalisation(plain, dose_response(SCALES, curves(slopes)))
