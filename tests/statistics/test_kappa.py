from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.statistics import cohen_kappa


def test_independent_raters_agree_no_more_than_by_chance() -> None:
    every = [(one, other) for one in (True, False) for other in (True, False)]
    assert cohen_kappa(every) == 0
    assert cohen_kappa([(True, True), (False, False)]) == 1
    assert cohen_kappa([(True, False), (False, True)]) == -1


def test_two_raters_who_always_say_the_same_one_have_none() -> None:
    assert cohen_kappa([(True, True)] * 9) is None
    assert cohen_kappa([]) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_it_is_that_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    found = cohen_kappa(pairs)
    if found is not None:
        one, other = zip(*pairs, strict=True)
        assert found == pytest.approx(metrics.cohen_kappa_score(one, other), abs=1e-9)
