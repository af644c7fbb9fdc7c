from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.comparison import Arm, Comparison
from pytest_steering.errors import DataError
from pytest_steering.experiments.result import Result
from tests.experiments.cells import always, record, run, truthful


def compared(*names: str) -> Comparison:
    return Comparison.of([record(name, always(8)) for name in names])


def test_every_arm_stands_beside_the_unsteered_one_wherever_that_stands() -> None:
    found = compared("steered", "zero", "unsteered")
    assert {name: arm.beside for name, arm in found.arms.items()} == dict.fromkeys(
        found.arms, found.unsteered.record
    )


def test_without_an_unsteered_arm_nothing_stands_beside() -> None:
    assert compared("steered").steered.facts.beside is None


def test_doses_stand_in_the_order_of_their_scale() -> None:
    found = compared("unsteered", "steered", "dose:0.5", "random:0", "dose:0.125", "dose:0.25")
    assert [arm.name for arm in found.doses] == [
        "unsteered", "dose:0.125", "dose:0.25", "dose:0.5", "steered",
    ]  # fmt: skip


def test_random_directions_are_found_by_the_name_before_the_seed() -> None:
    found = compared("unsteered", "random:0", "randomised", "random:1", "steered")
    assert [arm.name for arm in found.random] == ["random:0", "random:1"]
    assert [arm.name for arm in found.controls] == ["random:0", "randomised", "random:1"]


def test_an_arm_that_is_not_there_is_named_beside_those_that_are() -> None:
    with pytest.raises(DataError, match="no arm 'zero'; it has unsteered, steered"):
        compared("unsteered", "steered")["zero"]


def test_what_is_not_there_ran_nothing_and_pairs_with_nothing() -> None:
    found = compared("unsteered", "steered")
    assert found.ran("zero") == ()
    assert found.pairing("zero").pairs == found.pairing("steered", "zero").pairs == ()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["CWE-190", "CWE-79", "CWE-22"], ["CWE-22", "CWE-79", "CWE-190"]),
        (["drama", "Alien 3", "Alien"], ["Alien", "Alien 3", "drama"]),
        ([""], [""]),
    ],
)
def test_groups_of_any_name_stand_in_natural_order(names: list[str], expected: list[str]) -> None:
    films = [replace(one, group=names[n % len(names)]) for n, one in enumerate(truthful(24))]
    result = Result(Comparison.of(run(films, films).values()))
    assert result.groups == expected
    assert sum(result.against_unsteered(group=name).n for name in result.groups) == 24


def test_an_arm_has_its_numbers_by_name() -> None:
    arm = Arm(record("steered", truthful(20, wrong_every=10)))
    assert arm["accuracy"] == arm.accuracy == sum(arm.right) / 20
    assert arm.estimate("accuracy").value == arm.accuracy


def test_a_number_that_only_the_record_knows_is_found() -> None:
    arm = Arm(replace(record("steered", always(4)), metrics={"mood": 0.5}))
    assert arm["mood"] == 0.5
    with pytest.raises(DataError, match="no metric is named 'temper'"):
        arm["temper"]


def test_an_arm_without_labels_has_no_accuracy() -> None:
    unlabelled = [replace(one, expected="", correct=None) for one in always(4)]
    arm = Arm(record("steered", unlabelled))
    assert (arm["accuracy"], arm["accuracy_answered"], arm["answered_share"]) == (None, None, 1.0)
    with pytest.raises(DataError, match="no sample in the arm 'steered' has a label"):
        _ = arm.accuracy


def test_an_arm_in_which_nothing_ran_has_no_accuracy() -> None:
    arm = Arm(record("steered", [replace(one, skipped="too long") for one in always(4)]))
    assert (arm.run, arm["accuracy"]) == ((), None)
    with pytest.raises(DataError, match="no sample was run in the arm 'steered': every prompt exceeds"):
        _ = arm.accuracy


def test_an_arm_is_invalid_by_its_gravest_finding() -> None:
    plain = record("steered", always(4))
    limited = replace(plain, findings=({"severity": "limits"},))
    wrong = replace(plain, findings=({"severity": "note"}, {"severity": "invalid"}))
    assert [Arm(one).invalid for one in (plain, limited, wrong)] == [False, False, True]
