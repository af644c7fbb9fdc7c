from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import ExpectationFailed
from pytest_steering.experiments.claim_family import by_chance, claims_of
from pytest_steering.experiments.claim_record import claim_record
from pytest_steering.experiments.result import Result
from pytest_steering.records import Record
from tests.experiments.cells import result, run


def claims(*found: tuple[float | None, bool]) -> list[Record]:
    """The records of claims by their p-value and whether each was met."""
    return [
        claim_record(Record({}, experiment="t", node_id="t.py::t"), f"number {n}", p, met)
        for n, (p, met) in enumerate(found)
    ]


def told_by(one: Result) -> list[Record]:
    records: list[Record] = []
    object.__setattr__(one, "sink", records.append)
    return records


@given(st.lists(st.floats(0, 1) | st.floats(0, 0.06), min_size=1, max_size=6))
def test_claims_that_are_met_survive_where_every_set_of_them_would_by_bonferroni(
    p_values: list[float],
) -> None:
    """Holm closes Bonferroni: a claim survives where each set that it is in has a small enough p."""
    found = claims_of(claims(*((p, True) for p in p_values)))
    sets = [chosen for size in range(1, 7) for chosen in combinations(range(len(p_values)), size)]
    small = {chosen: min(p_values[n] for n in chosen) * len(chosen) <= 0.05 for chosen in sets}

    for number, one in enumerate(found):
        assert one.survives == all(small[chosen] for chosen in sets if number in chosen)


def test_a_claim_that_was_not_met_widens_the_family_and_is_never_rejected_for_its_p() -> None:
    alone = claims_of(claims((0.03, True)))
    among = claims_of(claims((0.03, True), (1e-9, False), (None, False)))

    assert [one.survives for one in alone] == [True]
    assert [one.survives for one in among] == [False, False, False]


def test_the_newest_of_several_records_of_a_claim_counts() -> None:
    (before,), (now,) = claims((0.5, False)), claims((0.001, True))
    assert [one.met for one in claims_of([before, now])] == [True]


def test_forty_claims_without_a_difference_are_met_once_by_chance_more_often_than_not() -> None:
    assert by_chance(1) == pytest.approx(0.025)
    assert by_chance(40) == pytest.approx(1 - 0.975**40)
    assert by_chance(0) == 0.0


def test_every_expected_difference_is_told_with_what_came_of_it() -> None:
    found = result(run())
    records = told_by(found)
    found.expect("accuracy").improves(by=0.1)
    found.expect("repeat_share").stays(within=0.5)
    with pytest.raises(ExpectationFailed):
        found.expect("accuracy").drops()
    with pytest.raises(ExpectationFailed):
        found.expect("balanced_accuracy").rises(by=0.9)

    assert [(one.spec["asked"], one.evidence["met"]) for one in records] == [
        ("steered accuracy to rise by at least 0.1 over unsteered", True),
        ("steered accuracy to drop by at least 0 under unsteered", False),
        ("steered balanced_accuracy to rise by at least 0.9 over unsteered", False),
    ]
    assert all(one.metrics["p"] is not None for one in records)


def test_a_run_that_means_nothing_is_a_claim_that_was_not_met() -> None:
    found = result(run(failed="it stopped"))
    records = told_by(found)
    with pytest.raises(ExpectationFailed):
        found.expect("accuracy").improves()

    assert [one.evidence["met"] for one in records] == [False]
