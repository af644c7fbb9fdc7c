"""The interval of a change in a share, where samples change together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.statistics import PairedCounts, paired_share_interval, tango

clusters = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).filter(sum), min_size=1, max_size=20
)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_single_samples_have_tangos_interval(same: int, broken: int, fixed: int) -> None:
    n = same + broken + fixed
    lost = [1] * broken + [0] * (n - broken)
    gained = [0] * broken + [1] * fixed + [0] * same
    expected = tango(PairedCounts(same, broken, fixed, 0))
    assert list(paired_share_interval([1] * n, lost, gained)) == pytest.approx(list(expected), abs=1e-9)


@settings(deadline=None)
@given(clusters)
def test_the_interval_holds_the_change_and_mirrors_with_it(counts: list[tuple[int, int, int]]) -> None:
    _, broken, fixed = zip(*counts, strict=True)
    sizes = [sum(one) for one in counts]
    found = paired_share_interval(sizes, broken, fixed)
    change = (sum(fixed) - sum(broken)) / sum(sizes)
    assert -1 <= found.low <= change + 1e-6
    assert change - 1e-6 <= found.high <= 1
    mirrored = paired_share_interval(sizes, fixed, broken)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


def test_clusters_that_change_as_one_widen_it_and_copies_add_nothing() -> None:
    apart = paired_share_interval([1] * 160, [0] * 160, [1] * 16 + [0] * 144)
    together = paired_share_interval([8] * 20, [0] * 20, [8, 8] + [0] * 18)
    few = paired_share_interval([1] * 20, [0] * 20, [1, 1] + [0] * 18)
    assert apart.low > 0 > together.low
    assert together.low == pytest.approx(few.low, abs=0.06)


def test_samples_that_did_not_change_may_yet() -> None:
    assert paired_share_interval([1] * 160, [0] * 160, [0] * 160).high == pytest.approx(0.023, abs=0.001)
    assert paired_share_interval([8] * 20, [0] * 20, [0] * 20).high == pytest.approx(0.18, abs=0.02)
    assert paired_share_interval([50], [0], [50]).low < 0
