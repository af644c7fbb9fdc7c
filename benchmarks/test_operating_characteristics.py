"""What the gate promises, measured on 10,000 simulated runs of 60 cells a setting."""

from __future__ import annotations

import pytest

from pytest_steering.gate.decide import ALPHA
from pytest_steering.gate.error_rates import (
    FLIPS,
    aa_shares,
    aa_table,
    coverage_table,
    false_passes,
    power,
    power_table,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("samples", [48, 160, 320, 640])
@pytest.mark.parametrize("flips", FLIPS)
def test_a_run_without_a_true_change_is_red_no_more_often_than_alpha(samples: int, flips: float) -> None:
    red, at_most, _, _ = aa_shares(samples, flips)
    assert red <= at_most <= ALPHA


@pytest.mark.parametrize("flips", [0.0, 0.01, 0.02])
def test_a_run_without_a_true_change_passes_at_few_flips(flips: float) -> None:
    _, _, passed, _ = aa_shares(160, flips)
    assert passed >= 0.95


@pytest.mark.parametrize("flips", [0.0, 0.01, 0.02])
def test_a_drop_of_ten_points_in_one_cell_of_sixty_is_found(flips: float) -> None:
    assert power(160, 0.10, flips) >= 0.90


@pytest.mark.parametrize("flips", FLIPS)
def test_a_drop_of_the_margin_passes_no_more_often_than_alpha(flips: float) -> None:
    score, _, _ = false_passes(160, flips)
    assert score <= ALPHA


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tables = (aa_table(), aa_table((160,), together=2), power_table(), coverage_table())
    with capsys.disabled():
        print("", *tables, sep="\n\n")  # noqa: T201
    assert all(table.count("\n") >= 5 for table in tables)
