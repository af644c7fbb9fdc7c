from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.comparison import agreement
from pytest_steering.records import Outcome
from tests.comparison.outcomes_at_hand import made


def rows(*pairs: tuple[float | None, str]) -> list[Outcome]:
    return [made(f"s{n}", predicted, n % 2, margin=margin) for n, (margin, predicted) in enumerate(pairs)]


def test_sign_and_verdict_are_compared_where_both_are_known() -> None:
    found = agreement(rows((1.0, "yes"), (-1.0, "no"), (2.0, "no"), (None, "yes"), (3.0, "none")))
    assert found.n == 3
    assert found.share == pytest.approx(2 / 3)


def test_two_constant_answers_that_agree_have_no_kappa() -> None:
    found = agreement(rows((1.0, "yes"), (2.0, "yes")))
    assert (found.share, found.kappa) == (1.0, None)


def test_without_answers_there_is_no_agreement() -> None:
    assert agreement(rows((1.0, "none"))).share is None


@given(st.lists(st.tuples(st.sampled_from([-1.0, 1.0]), st.sampled_from(["yes", "no"])), min_size=1))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[float, str]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    signs, verdicts = [margin > 0 for margin, _ in pairs], [verdict == "yes" for _, verdict in pairs]
    if len({*signs, *verdicts}) == 1:
        return
    expected = metrics.cohen_kappa_score(signs, verdicts)
    assert agreement(rows(*pairs)).kappa == pytest.approx(expected, abs=1e-9)
