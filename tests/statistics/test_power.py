from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    Interval,
    mcnemar,
    mcnemar_power,
    minimum_detectable_effect,
    samples_for_effect,
    scaled_samples,
    score_bound,
    settled_share,
    settling_samples,
)
from pytest_steering.statistics.power import outcomes

shares = st.just(0.0) | st.floats(1e-6, 0.5)


@given(st.integers(1, 12), shares, shares)
def test_outcomes_are_the_trinomial_distribution(n: int, broken: float, fixed: float) -> None:
    table = outcomes(n, broken, fixed)
    found = {(int(b), int(c)): p for b, c, p in zip(*(part.ravel() for part in table), strict=True)}
    for b in range(n + 1):
        for c in range(n + 1 - b):
            ways = math.comb(n, b) * math.comb(n - b, c)
            expected = ways * broken**b * fixed**c * max(0.0, 1 - broken - fixed) ** (n - b - c)
            assert found.get((b, c), 0.0) == pytest.approx(expected, abs=1e-12)
    assert sum(found.values()) == pytest.approx(1.0)


def test_power_is_what_a_simulation_finds() -> None:
    drawn = np.random.default_rng(0).multinomial(160, [0.11, 0.01, 0.88], size=4000)
    found = np.mean([mcnemar(int(b), int(c), "greater") <= 0.005 for b, c, _ in drawn])
    assert mcnemar_power(160, 0.1, 0.02, 0.005) == pytest.approx(found, abs=0.02)


def test_power_without_an_effect_stays_below_the_level() -> None:
    assert all(mcnemar_power(n, 0.0, flips, 0.05) <= 0.05 for n in (24, 160) for flips in (0.02, 0.1, 0.5))


@given(st.integers(20, 200), shares.map(lambda share: share / 2), shares.map(lambda share: share / 2))
@settings(max_examples=30)
def test_power_grows_with_the_effect(n: int, effect: float, flips: float) -> None:
    assert mcnemar_power(n, effect + 0.05, flips, 0.05) >= mcnemar_power(n, effect, flips, 0.05) - 1e-9


def test_the_minimum_detectable_effect_is_where_power_reaches_what_was_asked() -> None:
    effect = minimum_detectable_effect(160, 0.02, 0.05)
    assert effect is not None
    assert mcnemar_power(160, effect, 0.02, 0.05, "two-sided") >= 0.8
    assert mcnemar_power(160, effect - 2e-4, 0.02, 0.05, "two-sided") < 0.8


def test_five_samples_can_show_no_effect_and_twenty_four_only_a_huge_one() -> None:
    assert minimum_detectable_effect(5, 0.0, 0.05) is None
    effect = minimum_detectable_effect(24, 0.0, 0.05)
    assert effect is not None
    assert 0.29 < effect < 0.33


def test_samples_for_an_effect_are_enough_and_the_effect_is_then_detectable() -> None:
    n = samples_for_effect(0.1, 0.02, 0.05)
    assert n is not None
    assert mcnemar_power(n, 0.1, 0.02, 0.05, "two-sided") >= 0.8
    effect = minimum_detectable_effect(n, 0.02, 0.05)
    assert effect is not None
    assert effect <= 0.1 + 1e-4


def test_no_number_of_samples_shows_no_effect() -> None:
    assert samples_for_effect(0.0, 0.02, 0.05) is None


@pytest.mark.parametrize(("n", "broken", "fixed"), [(160, 10, 3), (48, 3, 2), (160, 17, 12), (160, 24, 8)])
def test_the_settling_number_settles_four_runs_in_five(n: int, broken: int, fixed: int) -> None:
    needed = settling_samples(n, broken, fixed, 0.1, 0.02 / 60)
    assert needed is not None
    assert needed > n
    rates = (broken + 0.5) / (n + 2), (fixed + 0.5) / (n + 2)
    b, c, _ = np.random.default_rng(1).multinomial(needed, [*rates, 1 - sum(rates)], size=4000).T
    passed = score_bound(b, c, np.full_like(b, needed)) < 0.1
    red = np.array([mcnemar(int(x), int(y), "greater") <= 0.02 / 60 for x, y in zip(b, c, strict=True)])
    settled = float(np.mean(passed | red))
    assert settled == pytest.approx(settled_share(needed, *rates, 0.1, 0.02 / 60), abs=0.03)
    assert settled >= 0.77


def test_a_gain_near_nothing_is_settled_by_passing() -> None:
    assert settled_share(160, 0.01, 0.01, 0.1, 0.02) > 0.99


def test_an_interval_that_shrinks_as_the_root_of_n_excludes_the_threshold_at_four_times_the_samples() -> None:
    assert scaled_samples(100, 0.05, Interval(-0.05, 0.2), 0.0) == 400
    assert scaled_samples(100, -0.05, Interval(-0.2, 0.05), 0.0) == 400
    assert scaled_samples(100, 0.05, Interval(0.0, 0.1), 0.05) is None
    assert scaled_samples(100, 1e-6, Interval(-0.1, 0.1), 0.0) is None


@pytest.mark.parametrize(("n", "broken", "fixed"), [(0, 0.1, 0.1), (10, 0.7, 0.4), (10, -0.1, 0.2)])
def test_impossible_rates_are_refused(n: int, broken: float, fixed: float) -> None:
    with pytest.raises(DataError):
        outcomes(n, broken, fixed)
