from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.statistics import APART, clustering, design_effect, score_bound

Change = tuple[int, int, int]


@st.composite
def changes(draw: st.DrawFn, largest: int = 5) -> Change:
    samples = draw(st.integers(1, largest))
    broken = draw(st.integers(0, samples))
    return samples, broken, draw(st.integers(0, samples - broken))


cells = st.lists(changes(), min_size=1, max_size=30)
drops = st.floats(0.01, 0.5)


def sums(cell: list[Change]) -> tuple[int, int, int]:
    samples, broken, fixed = np.array(cell).sum(axis=0).tolist()
    return broken, fixed, samples


def ratio(cell: list[Change], drop: float) -> float:
    """The variance over clusters divided by that over samples, one by one."""
    if not any(b or c for _, b, c in cell):
        return 1.0
    over_clusters = sum((b - c - n * drop) ** 2 for n, b, c in cell)
    over_samples = sum(b * (1 - drop) ** 2 + c * (1 + drop) ** 2 + (n - b - c) * drop**2 for n, b, c in cell)
    return max(1.0, over_clusters / over_samples)


@given(cells, drops)
def test_the_design_effect_is_the_ratio_of_the_two_variances(cell: list[Change], drop: float) -> None:
    within = clustering(*zip(*cell, strict=True))
    assert float(design_effect(*sums(cell), drop, within)) == pytest.approx(ratio(cell, drop), rel=1e-9)


@given(st.lists(changes(largest=1), min_size=1, max_size=60))
def test_samples_that_are_their_own_clusters_have_exactly_the_bound_of_tango(cell: list[Change]) -> None:
    within = clustering(*zip(*cell, strict=True))
    assert within == APART
    assert float(score_bound(*sums(cell), within=within)) == float(score_bound(*sums(cell)))


@given(st.integers(1, 20), st.integers(0, 20), st.integers(2, 4))
def test_clusters_that_change_whole_have_the_bound_of_so_many_samples(b: int, c: int, size: int) -> None:
    cell = [(size, size, 0)] * b + [(size, 0, size)] * c + [(size, 0, 0)] * 80
    within = clustering(*zip(*cell, strict=True))
    alone = float(score_bound(b, c, b + c + 80))
    assert float(score_bound(*sums(cell), within=within)) == pytest.approx(alone, rel=1e-6)


@given(cells)
def test_clusters_never_narrow_the_bound(cell: list[Change]) -> None:
    within = clustering(*zip(*cell, strict=True))
    assert float(score_bound(*sums(cell), within=within)) >= float(score_bound(*sums(cell))) - 1e-12


def test_pairs_that_change_against_each_other_give_nothing_away() -> None:
    within = clustering([2] * 80, [1] * 10 + [0] * 70, [1] * 10 + [0] * 70)
    assert float(design_effect(10, 10, 160, 0.1, within)) == 1.0


def test_where_nothing_changed_clusters_do_not_widen_the_bound() -> None:
    within = clustering([8] * 20, [0] * 20, [0] * 20)
    assert float(score_bound(0, 0, 160, within=within)) == float(score_bound(0, 0, 160))
