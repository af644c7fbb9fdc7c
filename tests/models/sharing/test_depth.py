"""Which rows go on from which block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.models.sharing.depth import LEAST_TOKENS, depths
from pytest_steering.steering.intervention import Intervention
from tests.tiny import random_vector

BLOCKS = 6
ARMS = [None, *(Intervention(random_vector((layer, 5)), layers=(layer, 5)) for layer in range(5))]
rows = st.lists(st.tuples(st.sampled_from(ARMS), st.integers(0, 3)), min_size=1, max_size=30)


@given(rows, st.sampled_from([1, 9, 200]))
def test_no_row_skips_a_block_that_it_steers_and_the_work_gets_less(
    chosen: list[tuple[Intervention | None, int]], length: int
) -> None:
    texts = [[text] * length for _, text in chosen]
    found = depths([arm for arm, _ in chosen], texts, BLOCKS)
    if not found:
        return
    assert sorted(row for depth in found for row in depth.rows) == list(range(len(chosen)))
    assert [depth.layer for depth in found] == sorted({depth.layer for depth in found})
    for depth in found:
        for row in depth.rows:
            arm = chosen[row][0]
            assert arm is None or depth.layer <= min(arm.at)
    small = [depth for depth in found[1:] if len(depth.rows) * length < LEAST_TOKENS]
    assert not small
    work = len({text for _, text in chosen}) * found[-1].layer
    work += sum((BLOCKS - depth.layer) * len(depth.rows) for depth in found)
    assert work < BLOCKS * len(chosen)


def test_a_sweep_over_layers_is_grouped_by_them_and_the_unsteered_row_goes_highest() -> None:
    arms = [ARMS[0], ARMS[4], ARMS[2], ARMS[4]]
    found = depths(arms, [[1] * LEAST_TOKENS] * 4, BLOCKS)
    assert [(depth.layer, depth.rows) for depth in found] == [(1, (2,)), (3, (0, 1, 3))]


def test_a_group_of_few_tokens_goes_on_from_a_lower_block_with_others() -> None:
    arms = [ARMS[4], ARMS[2], ARMS[2], ARMS[2]]
    found = depths(arms, [[1] * (LEAST_TOKENS // 4)] * 4, BLOCKS)
    assert [(depth.layer, depth.rows) for depth in found] == [(1, (0, 1, 2, 3))]
