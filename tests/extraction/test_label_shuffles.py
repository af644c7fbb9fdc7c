from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.extraction.label_shuffles import MOST_AGREEMENT, label_shuffles


@given(pairs=st.integers(0, 90), count=st.integers(0, 40), seed=st.integers(0, 10_000))
def test_no_shuffle_leaves_or_changes_most_labels_and_none_comes_twice(
    pairs: int, count: int, seed: int
) -> None:
    shuffles = label_shuffles(pairs, count, seed)
    assert len(set(shuffles)) == len(shuffles) <= count
    for one in shuffles:
        assert len(one) == pairs
        assert abs(2 * sum(one) - pairs) <= MOST_AGREEMENT * pairs


@pytest.mark.parametrize(
    ("pairs", "found"), [(0, 0), (1, 0), (2, 1), (3, 3), (5, 3), (8, 15), (12, 20), (64, 20)]
)
def test_few_pairs_have_few_shuffles(pairs: int, found: int) -> None:
    assert {len(label_shuffles(pairs, 20, seed)) for seed in range(9)} == {found}


def test_sixty_four_pairs_keep_exactly_half_of_their_labels() -> None:
    assert {sum(one) for one in label_shuffles(64, 39, 7)} == {32}


@given(seed=st.integers(0, 10_000), pairs=st.sampled_from([8, 12, 33, 64]))
def test_two_shuffles_combine_to_a_third_so_that_a_rank_among_them_is_exact(seed: int, pairs: int) -> None:
    count = 2 ** len(label_shuffles(pairs, 31, seed)).bit_length() - 1
    group = set(label_shuffles(pairs, count, seed))
    assert len(group) == count
    for one, other in combinations(sorted(group)[:8], 2):
        assert tuple(a != b for a, b in zip(one, other, strict=True)) in group


def test_a_seed_gives_its_own_shuffles_again() -> None:
    assert label_shuffles(64, 20, 1) == label_shuffles(64, 20, 1) != label_shuffles(64, 20, 2)
