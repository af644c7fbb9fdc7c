from __future__ import annotations

import pytest

from pytest_steering.errors import DataError
from pytest_steering.replay.arms.row_fields import RowFields, by_arm


def test_a_field_is_of_any_arm_or_of_the_one_that_is_named() -> None:
    assert by_arm(["completion"]) == {"": "completion"}
    assert by_arm(["unsteered=before", "steered=after=all"]) == {
        "unsteered": "before",
        "steered": "after=all",
    }
    assert by_arm([]) == {}


@pytest.mark.parametrize("given", [["=x"], ["x="], [""], ["a", "b"], ["a=x", "a=y"]])
def test_a_field_without_a_name_or_an_arm_that_stands_twice_is_refused(given: list[str]) -> None:
    with pytest.raises(DataError, match="once for each arm"):
        by_arm(given)


def test_fields_of_any_arm_stand_alone() -> None:
    with pytest.raises(DataError, match="'response' has no arm"):
        RowFields(answers={"": "response", "steered": "after"})


@pytest.mark.parametrize(
    "more", [{"arm": "condition"}, {"gold": {"": "label"}}, {"gold": {"other": "label"}}, {"choices": True}]
)
def test_a_wide_table_has_all_by_arm(more: dict[str, object]) -> None:
    with pytest.raises(DataError, match="an answer of each of unsteered, steered"):
        RowFields(answers={"unsteered": "before", "steered": "after"}, **more)  # type: ignore[arg-type]
