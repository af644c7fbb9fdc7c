"""What the gate promises, measured on 10,000 simulated runs of 60 cells a setting."""

from __future__ import annotations

import pytest

from benchmarks.gate.clustered import pairs_law
from benchmarks.gate.error_rates import (
    FLIPS,
    aa_shares,
    aa_table,
    coverage_table,
    false_passes,
    power,
    power_table,
)
from benchmarks.gate.measured_rates import (
    TOGETHER,
    ended,
    few_flips,
    measured_table,
    most_flips,
    paired_false_pass,
    pairs_table,
)
from benchmarks.gate.rerun_flips import read_reruns
from pytest_steering.gate.decide import ALPHA

MEASURED = read_reruns()

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


@pytest.mark.parametrize("kind", MEASURED)
def test_runs_that_flip_as_measured_reruns_do_are_red_no_more_often_than_alpha(kind: str) -> None:
    cells = MEASURED[kind]
    for laws in ([one.law for one in cells], [most_flips(cells).law]):
        found = ended(laws)
        assert found.red <= found.at_most <= ALPHA


@pytest.mark.parametrize("kind", MEASURED)
def test_runs_that_flip_as_measured_reruns_with_few_flips_pass(kind: str) -> None:
    few = [one.law for one in few_flips(MEASURED[kind])]
    assert not few or ended(few).passed >= 0.95


@pytest.mark.parametrize("together", TOGETHER)
@pytest.mark.parametrize("flips", FLIPS)
def test_twins_that_flip_together_do_not_void_alpha(flips: float, together: float) -> None:
    assert ended([pairs_law(flips, together)]).at_most <= ALPHA


@pytest.mark.parametrize("flips", [0.0, 0.01, 0.02])
def test_runs_of_twins_that_flip_each_for_itself_pass_at_few_flips(flips: float) -> None:
    assert ended([pairs_law(flips, together=0.0)]).passed >= 0.95


@pytest.mark.parametrize("flips", [0.0, 0.01, 0.02])
def test_a_drop_of_ten_points_in_one_cell_of_sixty_is_found(flips: float) -> None:
    assert power(160, 0.10, flips) >= 0.90


@pytest.mark.parametrize("flips", FLIPS)
def test_a_drop_of_the_margin_passes_no_more_often_than_alpha(flips: float) -> None:
    score, _, _ = false_passes(160, flips)
    assert score <= ALPHA


@pytest.mark.parametrize("together", TOGETHER)
@pytest.mark.parametrize("flips", FLIPS)
def test_a_drop_of_the_margin_in_pairs_passes_no_more_often_than_alpha(flips: float, together: float) -> None:
    assert paired_false_pass(160, flips, together) <= ALPHA


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tables = (aa_table(), measured_table(), pairs_table(), power_table(), coverage_table())
    with capsys.disabled():
        print("", *tables, sep="\n\n")  # noqa: T201
    assert all(table.count("\n") >= 5 for table in tables)
