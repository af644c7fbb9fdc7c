from __future__ import annotations

import pytest

from pytest_steering.execution.merging.agreement import disagreements, settings_of
from pytest_steering.records import Record

OLD, NEW = "a" * 40, "b" * 40


def made(commit: str = OLD, torch: str = "2.13", numerics: str = "float32 cpu", test: str = "t") -> Record:
    around = {"commit": commit, "versions": {"torch": torch}, "numerics": numerics}
    spec = {"purpose": "score", "model": {"name": "m"}}
    return Record(spec, environment=around, experiment=test, node_id=f"t.py::{test}")


def said(one: list[Record], other: list[Record]) -> list[str]:
    return disagreements([("one", settings_of(one)), ("other", settings_of(other))])


def test_runs_made_in_one_way_agree() -> None:
    assert said([made(), made(test="u")], [made(test="v")]) == []


def test_a_run_that_went_on_at_another_commit_disagrees_with_one_that_did_not() -> None:
    mixed = [made(), made(commit=NEW, test="u")]
    expected = "the commit is aaaaaaaaaaaa and bbbbbbbbbbbb in one and aaaaaaaaaaaa in other"
    assert said(mixed, [made(test="v")]) == [expected]


def test_a_run_with_two_versions_of_a_package_disagrees_with_one_of_one() -> None:
    mixed = [made(), made(torch="2.14", test="u")]
    assert said(mixed, [made(test="v")]) == ["torch is 2.13 and 2.14 in one and 2.13 in other"]


def test_what_may_differ_from_test_to_test_is_compared_where_it_does_not() -> None:
    both = [made(), made(numerics="bfloat16 cpu", test="u")]
    assert said(both, [made(test="v")]) == []
    (sentence,) = said([made(numerics="bfloat16 cpu")], [made(test="v")])
    assert sentence.startswith("the dtype and device of m is bfloat16 cpu in one")


def steered(operation: str, joint: bool) -> Record:
    """A cell of a user's own operation with this source, alone or as a part of a joint intervention."""
    done, told = {"operation": "tilt", "positions": "last"}, {"operation": operation}
    intervention = {"layers": [1], "parts": [done]} if joint else done
    spec = {"purpose": "score", "model": {"name": "m"}, "intervention": intervention}
    provenance = {"parts": [told]} if joint else told
    return Record(spec, provenance=provenance, experiment="t", node_id="t.py::t")


@pytest.mark.parametrize("joint", [False, True])
def test_operations_of_one_name_and_other_code_disagree(joint: bool) -> None:
    assert said([steered("a", joint)], [steered("a", False)]) == []
    expected = "the source of tilt is a in one and b in other"
    assert said([steered("a", joint)], [steered("b", False)]) == [expected]
