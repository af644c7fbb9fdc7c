from __future__ import annotations

import pytest

from benchmarks.gate.coverage import newcombe_false_pass, score_false_pass
from benchmarks.gate.error_rates import effect_table, percent, upper


@pytest.mark.parametrize("samples", [48, 160, 320])
def test_the_score_bound_passes_a_drop_of_the_margin_no_more_often_than_alpha(samples: int) -> None:
    assert all(score_false_pass(samples, flips) <= 0.0201 for flips in (0.0, 0.02, 0.1))


def test_newcombes_bound_passes_it_too_often() -> None:
    assert newcombe_false_pass(160, 0.02, 0.5) > 0.03


def test_no_false_alarm_in_many_runs_still_leaves_a_bound() -> None:
    assert upper(0, 10_000) == pytest.approx(1 - 0.05 ** (1 / 10_000))


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (1.0, "100 %"), (0.1, "10 %"), (0.00845, "0.84 %")]
)
def test_percentages_carry_no_needless_digits(share: float, text: str) -> None:
    assert percent(share) == text


def test_twenty_four_samples_are_listed_with_the_effect_that_they_can_show() -> None:
    assert "| 24  | 30.94 %" in effect_table()
