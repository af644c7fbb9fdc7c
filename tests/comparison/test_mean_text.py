from __future__ import annotations

import pytest

from pytest_steering.comparison.mean_change import MeanChange
from pytest_steering.comparison.mean_text import change_text, digits_of, number_text


@pytest.mark.parametrize(
    ("numbers", "digits"),
    [([0.0, 1.0], 2), ([10.0, 18.0], 1), ([100.0, 160.0], 0), ([0.0, 0.02], 3), ([7.0], 2)],
)
def test_as_many_digits_as_tell_a_tenth_of_the_spread(numbers: list[float], digits: int) -> None:
    assert digits_of(numbers) == digits


@pytest.mark.parametrize(
    ("number", "digits", "sign", "text"),
    [
        (0.714, 2, "-", ".71"),
        (-0.231, 2, "+", "−.23"),
        (0.231, 2, "+", "+.23"),
        (16.24, 1, "-", "16.2"),
        (0.4, 0, "-", "0"),
        (-0.001, 2, "+", "−.00"),
        (10.0, 2, "-", "10.00"),
    ],
)
def test_a_number_has_no_zero_before_its_point_and_a_real_minus(
    number: float, digits: int, sign: str, text: str
) -> None:
    assert number_text(number, digits, sign) == text


def test_a_change_is_both_means_the_change_and_its_interval() -> None:
    change = MeanChange((0.5, 0.7, 0.9), (0.2, 0.5, 0.7), ("a", "b", "c"))
    assert change_text(change) == ".70 → .47, −.23 [−.38, −.09]"


def test_one_cluster_has_no_interval() -> None:
    assert change_text(MeanChange((0.5, 0.7), (0.2, 0.5), ("a", "a"))) == ".60 → .35, −.25"
