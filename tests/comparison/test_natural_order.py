from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.comparison.natural_order import natural


def test_numbers_count_by_value_and_other_names_are_sorted_too() -> None:
    names = ["CWE-190", "drama", "CWE-79", "8½", "Alien 3", "", "Alien", "CWE-079", "9" * 5000]
    assert sorted(names, key=natural) == [
        "", "8½", "9" * 5000, "Alien", "Alien 3", "CWE-79", "CWE-079", "CWE-190", "drama",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=12)))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural)) == sorted(names)
