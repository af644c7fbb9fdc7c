from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gate.characteristics import BEGIN, END, write
from benchmarks.gate.coverage import newcombe_false_pass, score_false_pass
from benchmarks.gate.error_rates import effect_table, percent, upper
from pytest_steering import SteeringError


def test_tables_go_between_the_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "trust.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write(page, "new")
    once = page.read_text(encoding="utf-8")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    write(page, "new")
    assert page.read_text(encoding="utf-8") == once


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "trust.md"
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(SteeringError, match="once each"):
        write(page, "new")
    assert page.read_text(encoding="utf-8") == "no marks"


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
