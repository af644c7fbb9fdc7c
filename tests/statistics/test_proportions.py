from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from statsmodels.stats.proportion import proportion_confint

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    PairedCounts,
    change,
    newcombe,
    score_bound,
    tango,
    wilson,
)
from pytest_steering.statistics.power import outcomes
from pytest_steering.statistics.tango import score_statistic

cell = st.integers(0, 80)
tables = st.builds(PairedCounts, cell, cell, cell, cell).filter(lambda table: table.n > 0)


@given(st.integers(1, 400), st.floats(0, 1))
def test_wilson_is_that_of_statsmodels(samples: int, share: float) -> None:
    successes = round(samples * share)
    expected = proportion_confint(successes, samples, 0.05, method="wilson")
    assert wilson(successes, samples) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("successes", "samples"), [(1, 0), (3, 2), (-1, 2)])
def test_wilson_refuses_impossible_counts(successes: int, samples: int) -> None:
    with pytest.raises(DataError):
        wilson(successes, samples)


def test_newcombe_gives_the_published_interval() -> None:
    # Newcombe (1998), table II, 36 / 12 / 2 / 0 of 50 by method 10.
    low, high = newcombe(PairedCounts(both_right=36, fixed=12, broken=2, both_wrong=0))
    assert (round(low, 4), round(high, 4)) == (0.0569, 0.3404)


def test_tango_gives_the_published_interval_of_the_same_table() -> None:
    low, high = tango(PairedCounts(both_right=36, fixed=12, broken=2, both_wrong=0))
    assert (round(low, 4), round(high, 4)) == (0.0611, 0.3447)


@given(tables)
def test_intervals_hold_the_observed_change_and_stay_in_range(table: PairedCounts) -> None:
    for low, high in (newcombe(table), tango(table)):
        assert -1 - 1e-9 <= low <= change(table) + 1e-9
        assert change(table) - 1e-9 <= high <= 1 + 1e-9


@given(tables)
def test_swapping_the_conditions_mirrors_the_interval(table: PairedCounts) -> None:
    mirrored = table._replace(broken=table.fixed, fixed=table.broken)
    for interval in (newcombe, tango):
        low, high = interval(table)
        assert interval(mirrored) == pytest.approx((-high, -low), abs=1e-9)


@given(tables)
def test_more_confidence_widens_an_interval(table: PairedCounts) -> None:
    for interval in (newcombe, tango):
        narrow, wide = interval(table, 0.8), interval(table, 0.99)
        assert wide.low <= narrow.low + 1e-9
        assert wide.high >= narrow.high - 1e-9


@given(st.integers(0, 15), st.integers(0, 15), st.floats(-0.9, 0.9))
def test_the_score_statistic_maximises_the_likelihood_it_names(b: int, c: int, drop: float) -> None:
    n = 40
    low, high = max(0.0, -drop), min(1.0, (1 - drop) / 2)

    def loss(q: float) -> float:
        parts = ((b, q + drop), (c, q), (n - b - c, 1 - drop - 2 * q))
        return -sum(count * math.log(max(share, 1e-300)) for count, share in parts if count)

    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    variance = n * (2 * float(found.x) + drop * (1 - drop))
    if variance > 1e-3:
        expected = (b - c - n * drop) / math.sqrt(variance)
        assert float(score_statistic(b, c, n, drop)) == pytest.approx(expected, rel=1e-2, abs=1e-3)


@pytest.mark.parametrize(("b", "c"), [(3, 2), (2, 3), (9, 0), (4, 4)])
def test_the_score_statistic_of_no_drop_is_mcnemars(b: int, c: int) -> None:
    assert float(score_statistic(b, c, 160, 0.0)) == pytest.approx((b - c) / math.sqrt(b + c))


def test_no_changed_sample_speaks_neither_for_nor_against_no_drop() -> None:
    assert float(score_statistic(0, 0, 160, 0.0)) == 0.0


def test_without_paired_samples_there_is_no_difference() -> None:
    with pytest.raises(DataError, match=r"^No paired samples; a difference needs at least one$"):
        change(PairedCounts(0, 0, 0, 0))


def test_the_score_bound_is_where_the_statistic_crosses_the_quantile() -> None:
    bound = score_bound([3, 9], [2, 0], [160, 160], 0.98)
    assert score_statistic([3, 9], [2, 0], [160, 160], bound) == pytest.approx(
        [-2.053749, -2.053749], abs=1e-5
    )


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_score_bound_rises_with_broken_and_falls_with_fixed_samples(b: int, c: int) -> None:
    bounds = score_bound([b, b + 1, b], [c, c, c + 1], [100, 100, 100])
    assert bounds[1] > bounds[0] > bounds[2]


def test_no_discordant_sample_is_bounded_by_the_rule_of_the_quantile() -> None:
    assert score_bound([0], [0], [160])[0] == pytest.approx(2.053749**2 / (160 + 2.053749**2), abs=1e-6)


@pytest.mark.parametrize(("samples", "drop", "flips"), list(product((48, 160), (0.0, 0.1), (0.02, 0.1, 0.3))))
def test_the_two_sided_score_interval_covers_the_truth(samples: int, drop: float, flips: float) -> None:
    table = outcomes(samples, drop + flips / 2, flips / 2)
    possible = table.broken + table.fixed <= samples
    b, c, chance = (part[possible] for part in table)
    n = np.full_like(b, samples)
    inside = (score_bound(b, c, n, 0.975) >= drop) & (-score_bound(c, b, n, 0.975) <= drop)
    assert chance[inside].sum() >= 0.94


def test_impossible_tables_are_refused() -> None:
    with pytest.raises(DataError):
        score_bound([5], [6], [10])
    with pytest.raises(DataError):
        newcombe(PairedCounts(0, 0, 0, 0))
