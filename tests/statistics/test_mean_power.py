from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import TTestPower

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    detectable_mean_change,
    mean_power,
    mean_settling_samples,
    rise_bound,
    samples_for_mean_change,
)
from pytest_steering.statistics.mean_flip import mean_flip_tails


@pytest.mark.parametrize("samples", [8, 24, 160])
@pytest.mark.parametrize("change", [0.2, 0.5])
def test_power_is_that_of_statsmodels(samples: int, change: float) -> None:
    expected = TTestPower().power(change / 0.8, samples, 0.05, alternative="larger")
    assert mean_power(samples, change, 0.8, alternative="greater") == pytest.approx(expected)


def test_twenty_four_openings_show_a_change_of_three_tenths() -> None:
    least = detectable_mean_change(24, sd=0.52)
    assert least == pytest.approx(TTestPower().solve_power(nobs=24, alpha=0.05, power=0.8) * 0.52, abs=1e-4)
    assert least == pytest.approx(0.31, abs=0.005)


def test_the_sign_flip_test_finds_the_detectable_change_in_four_of_five_comparisons() -> None:
    least = detectable_mean_change(40, sd=1.0, level=0.05, alternative="greater") or 0.0
    drawn = np.random.default_rng(0).normal(least, 1.0, (2000, 40))
    assert float((mean_flip_tails(drawn) <= 0.05).mean()) == pytest.approx(0.8, abs=0.03)


@settings(max_examples=20)
@given(st.integers(3, 400), st.floats(0.1, 10))
def test_samples_for_a_change_are_the_inverse(samples: int, sd: float) -> None:
    least = detectable_mean_change(samples, sd)
    assert least is not None
    assert samples_for_mean_change(least, sd) == pytest.approx(samples, abs=1)


def test_a_change_too_small_for_any_samples_has_none_and_one_sample_shows_nothing() -> None:
    assert samples_for_mean_change(1e-9, 1.0) is None
    assert detectable_mean_change(1, 1.0) is None


def test_the_largest_and_the_smallest_samples_have_a_power() -> None:
    assert mean_power(100_000, 0.1, 1.0) == pytest.approx(1.0)
    assert detectable_mean_change(100_000, 1.0) == pytest.approx(2.8 / 100_000**0.5, abs=2e-4)


def test_a_spread_of_zero_is_refused() -> None:
    with pytest.raises(DataError, match="standard deviation 0"):
        mean_power(24, 0.1, 0.0)


def test_the_settling_number_settles_four_of_five_comparisons() -> None:
    needed = mean_settling_samples(40, 0.1, 0.08, 1.0, 0.3, 0.02)
    assert needed is not None
    drawn = np.random.default_rng(0).normal(0.1, 0.08 * 40**0.5, (4000, needed))
    below = rise_bound(drawn, np.ones_like(drawn), np.ones(len(drawn))) < 0.3
    assert float((below | (mean_flip_tails(drawn) <= 0.02)).mean()) == pytest.approx(0.8, abs=0.04)


def test_where_hardly_anything_changed_the_imagined_samples_have_to_weigh_less() -> None:
    needed = mean_settling_samples(24, 0.0, 1e-6, 2.5, 0.3, 0.02)
    assert needed is not None
    assert float(rise_bound(np.zeros(needed + 4), np.ones(needed + 4), 2.5)) < 0.3
    assert float(rise_bound(np.zeros(needed - 4), np.ones(needed - 4), 2.5)) > 0.3


def test_a_fall_at_the_margin_itself_needs_the_samples_that_prove_it_a_fall() -> None:
    assert (mean_settling_samples(40, 0.3, 0.2, 1.0, 0.3, 0.02) or 0) > 40
    assert mean_settling_samples(40, 0.0, 0.2, 1.0, 0.0, 0.02) is None
