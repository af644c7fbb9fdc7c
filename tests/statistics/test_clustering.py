from __future__ import annotations

from itertools import permutations

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


def sums(cell: list[Change]) -> tuple[int, int, int]:
    samples, broken, fixed = np.array(cell).sum(axis=0).tolist()
    return broken, fixed, samples


def mates_alike(cell: list[Change]) -> tuple[int, int]:
    """Of the mates of changed samples, how many more changed with them than against them; and of how many."""
    alike = mates = 0
    for samples, broken, fixed in cell:
        signs = [1] * broken + [-1] * fixed + [0] * (samples - broken - fixed)
        for one, other in permutations(signs, 2):
            alike, mates = alike + one * other, mates + abs(one)
    return alike, mates


@given(cells)
def test_the_design_effect_grows_with_the_share_of_mates_that_changed_together(cell: list[Change]) -> None:
    alike, mates = mates_alike(cell)
    samples = sum(n for n, _, _ in cell)
    share = max(0.1, (alike + 0.1 * 2) / (mates + 2))
    expected = 1 + share * sum(n * (n - 1) for n, _, _ in cell) / samples
    within = clustering(*zip(*cell, strict=True))
    assert float(design_effect(samples, within)) == pytest.approx(expected, rel=1e-12)


SECLLMHOLMES = [24] * 3 + [18] * 3 + [8] * 3 + [5] * 3 + [4] * 3 + [3] * 3 + [2] * 21
"""How many samples the scenarios of SecLLMHolmes have."""


@pytest.mark.parametrize("sizes", [SECLLMHOLMES, [2] * 24, [2] * 80, [8] * 20, [1] * 48])
def test_samples_that_were_fixed_never_raise_the_bound(sizes: list[int]) -> None:
    def bound(fixed: int, *, whole: bool = False) -> float:
        cell = [(n, 0, min(n, 2) if whole else 1) if at < fixed else (n, 0, 0) for at, n in enumerate(sizes)]
        return float(score_bound(*sums(cell), within=clustering(*zip(*cell, strict=True))))

    bounds = [bound(fixed) for fixed in range(4)]
    assert bounds == sorted(bounds, reverse=True)
    assert bound(1, whole=True) <= bounds[0]


def test_one_sample_that_broke_moves_the_bound_no_further_among_clusters_than_alone() -> None:
    def bounds(sizes: list[int]) -> tuple[float, float]:
        still, moved = [(n, 0, 0) for n in sizes], [(sizes[0], 1, 0), *((n, 0, 0) for n in sizes[1:])]
        return tuple(  # type: ignore[return-value]
            float(score_bound(*sums(cell), within=clustering(*zip(*cell, strict=True))))
            for cell in (still, moved)
        )

    (none, one), (alone_none, alone_one) = bounds(SECLLMHOLMES), bounds([1] * 100)
    assert one - none < alone_one - alone_none
    assert one < 0.1


@given(st.lists(changes(largest=1), min_size=1, max_size=60))
def test_samples_that_are_their_own_clusters_have_exactly_the_bound_of_tango(cell: list[Change]) -> None:
    within = clustering(*zip(*cell, strict=True))
    assert within == APART
    assert float(score_bound(*sums(cell), within=within)) == float(score_bound(*sums(cell)))


@given(st.integers(10, 20), st.integers(0, 20), st.integers(2, 4))
def test_clusters_that_change_whole_have_about_the_bound_of_so_many_samples(
    b: int, c: int, size: int
) -> None:
    cell = [(size, size, 0)] * b + [(size, 0, size)] * c + [(size, 0, 0)] * 80
    within = clustering(*zip(*cell, strict=True))
    alone = float(score_bound(b, c, b + c + 80))
    assert float(score_bound(*sums(cell), within=within)) == pytest.approx(alone, abs=0.01)


@given(cells)
def test_clusters_never_narrow_the_bound(cell: list[Change]) -> None:
    within = clustering(*zip(*cell, strict=True))
    assert float(score_bound(*sums(cell), within=within)) >= float(score_bound(*sums(cell))) - 1e-12


def test_pairs_that_change_against_each_other_give_nothing_away() -> None:
    against = clustering([2] * 80, [1] * 10 + [0] * 70, [1] * 10 + [0] * 70)
    still = clustering([2] * 80, [0] * 80, [0] * 80)
    assert float(design_effect(160, against)) == float(design_effect(160, still)) == pytest.approx(1.1)
