from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.comparison import Changes, ClusterChange
from pytest_steering.errors import DataError
from pytest_steering.statistics import mcnemar

SAMPLES = st.lists(st.integers(-1, 1), max_size=40)


def test_clusters_that_do_not_sum_to_the_counts_are_refused() -> None:
    with pytest.raises(DataError, match=r"clusters hold \(2, 2, 0\)"):
        Changes(160, 0, 2, (ClusterChange(2, 2, 0),))
    with pytest.raises(DataError, match="between 0 and n"):
        Changes(2, 0, 3, (ClusterChange(2, 3, 0),))


@pytest.mark.parametrize(("n", "fixed", "broken"), [(10, 6, 5), (-1, 0, 0), (10, -1, 0)])
def test_impossible_counts_are_refused(n: int, fixed: int, broken: int) -> None:
    with pytest.raises(DataError, match=f"{n} paired samples, {fixed} fixed, {broken} broken"):
        Changes(n, fixed, broken)


@given(SAMPLES)
def test_where_samples_stand_alone_p_is_exact_mcnemar(turned: list[int]) -> None:
    broken, fixed = turned.count(-1), turned.count(1)
    assert Changes(len(turned), fixed, broken).p() == mcnemar(broken, fixed)
    assert Changes(len(turned), fixed, broken).p("less") == mcnemar(broken, fixed, "less")


def test_twins_that_break_together_count_once() -> None:
    alone, together = (
        Changes(12, 0, 6),
        Changes(12, 0, 6, (ClusterChange(2, 2, 0),) * 3 + (ClusterChange(6, 0, 0),)),
    )
    assert (alone.p("greater"), together.p("greater")) == (2.0**-6, 2.0**-3)
    assert alone.effect == together.effect == -0.5


def test_without_samples_nothing_changed() -> None:
    assert (Changes(0, 0, 0).effect, Changes(0, 0, 0).p()) == (0.0, 1.0)
