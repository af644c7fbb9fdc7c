from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.statistics import NullRanks, rank_among

NUMBERS = st.floats(-5, 5)
SHIFTS = st.lists(NUMBERS, min_size=1, max_size=12)


@given(effect=NUMBERS, first=SHIFTS, second=SHIFTS)
def test_the_hardest_null_decides(effect: float, first: list[float], second: list[float]) -> None:
    found = NullRanks(effect, {"first": first, "second": second})
    assert found.p == max(rank_among(effect, first).p, rank_among(effect, second).p)
    assert found.ranks[found.hardest].p == found.p
    assert found.as_large("first") == sum(abs(one) >= abs(effect) for one in first)
    assert found.ratio == min(rank_among(effect, first).ratio, rank_among(effect, second).ratio)


@pytest.mark.parametrize("null", [0, 1])
def test_a_draw_of_either_null_is_called_an_effect_no_more_often_than_the_level_says(null: int) -> None:
    generator, called, draws = np.random.default_rng(1), 0, 4000
    for _ in range(draws):
        nulls = [generator.normal(size=21), 3.0 * generator.standard_t(2, size=21)]
        effect = nulls[null][0]
        others = {str(number): found[1:].tolist() for number, found in enumerate(nulls)}
        called += NullRanks(float(effect), others).p <= 0.05
    assert called / draws <= 1 / 21 + 0.01
