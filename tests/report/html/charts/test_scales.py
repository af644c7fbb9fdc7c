"""Scales go there and back, and ticks are few, round and told apart."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_steering.report.html.charts.scales import Scale, domain_of, tick_texts

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(numbers, numbers, st.floats(0, 1))
def test_a_place_leads_back_to_its_number(low: float, high: float, share: float) -> None:
    assume(high - low > 1e-3)
    scale = Scale((low, high), (50.0, 600.0))
    number = low + share * (high - low)
    assert scale.number(scale(number)) == pytest.approx(number, abs=1e-6 * max(1.0, high - low))


@given(numbers, numbers, st.integers(2, 9))
def test_ticks_are_few_multiples_of_a_round_step_between_the_ends(low: float, high: float, most: int) -> None:
    assume(high - low > 1e-3)
    ticks = Scale((low, high), (0.0, 1.0)).ticks(most)
    assert len(ticks) <= most
    room = 1e-8 * (high - low) + 1e-6
    assert all(low - room <= tick <= high + room for tick in ticks)
    steps = {round(after - before, 9) for before, after in pairwise(ticks)}
    assert len(steps) <= 1 or max(steps) - min(steps) < 1e-6
    for step in steps:
        lead = round(step / 10 ** math.floor(math.log10(step) + 1e-9), 6)
        assert lead in (1, 2, 5)


@given(numbers, numbers)
def test_texts_of_ticks_are_all_different(low: float, high: float) -> None:
    assume(high - low > 1e-3)
    ticks = Scale((low, high), (0.0, 1.0)).ticks()
    assert len(set(tick_texts(ticks))) == len(ticks)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32)))
def test_a_domain_holds_all_that_is_finite_and_has_a_width(found: list[float]) -> None:
    low, high = domain_of(found)
    assert low < high
    assert all(low <= one <= high for one in found if math.isfinite(one))


def test_a_number_beyond_the_ends_stands_at_the_end() -> None:
    scale = Scale((0.0, 1.0), (10.0, 20.0))
    assert (scale(-5), scale(7), scale(math.inf)) == (10.0, 20.0, 20.0)
