from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.statistics import Alternative, mcnemar, sign_flip, smallest_p

nets = st.lists(st.integers(-6, 6), max_size=10)
alternatives = st.sampled_from(["two-sided", "greater", "less"])


def enumerated(net_changes: Sequence[int], alternative: Alternative) -> float:
    """The same p from all 2^k signs."""
    sizes, total = [abs(net) for net in net_changes], sum(net_changes)
    sums = np.array([np.dot(signs, sizes) for signs in product((-1, 1), repeat=len(sizes))])
    least = {"greater": total, "less": -total}.get(alternative, abs(total))
    sides = 2 if alternative == "two-sided" else 1
    return min(1.0, sides * float(np.mean(sums >= least)))


@settings(max_examples=60)
@given(nets, alternatives)
def test_p_is_the_share_of_all_signs_that_are_as_extreme(changes: list[int], side: Alternative) -> None:
    assert sign_flip(changes, side) == pytest.approx(enumerated(changes, side), rel=1e-12)


@given(st.integers(0, 80), st.integers(0, 80), alternatives)
def test_single_samples_have_exactly_the_p_of_mcnemar(b: int, c: int, side: Alternative) -> None:
    assert sign_flip([1] * b + [-1] * c, side) == mcnemar(b, c, side)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(2, 5), alternatives)
def test_clusters_that_change_whole_count_as_one_sample_each(
    b: int, c: int, size: int, side: Alternative
) -> None:
    assert sign_flip([size] * b + [-size] * c, side) == pytest.approx(mcnemar(b, c, side), rel=1e-9)


@given(nets)
def test_the_smallest_p_is_that_of_all_clusters_changing_one_way(changes: list[int]) -> None:
    one_way = [abs(net) for net in changes if net]
    assert sign_flip(one_way, "greater") == pytest.approx(float(smallest_p(len(one_way), "greater")))
    assert sign_flip(changes, "greater") >= float(smallest_p(len(one_way), "greater")) * (1 - 1e-12)


@given(nets)
def test_turned_signs_turn_the_direction(changes: list[int]) -> None:
    assert sign_flip(changes, "greater") == sign_flip([-net for net in changes], "less")


@given(nets, alternatives)
def test_order_and_clusters_without_a_net_change_do_not_matter(changes: list[int], side: Alternative) -> None:
    assert sign_flip([0, *reversed(changes), 0], side) == pytest.approx(sign_flip(changes, side))


def test_false_alarms_stay_within_the_level_whatever_the_sizes() -> None:
    sizes = [1, 1, 1, 2, 2, 3, 5, 1, 2]
    signs = list(product((-1, 1), repeat=len(sizes)))
    found = [
        sign_flip([sign * size for sign, size in zip(row, sizes, strict=True)], "greater") for row in signs
    ]
    for level in (0.01, 0.05, 0.2):
        assert np.mean(np.array(found) <= level) <= level


def test_pairs_that_break_together_are_half_of_the_evidence() -> None:
    assert sign_flip([2] * 6, "greater") == 2.0**-6
    assert mcnemar(12, 0, "greater") == 2.0**-12
