"""What the gate promises on means, measured on 10,000 simulated runs a setting."""

from __future__ import annotations

import pytest

from benchmarks.gate.error_rates import RUNS
from benchmarks.gate.mean_intervals import SHAPES, Changes, coverage
from benchmarks.gate.mean_rates import CELLS, SAMPLES, aa_means_shares, mean_false_passes, means_power
from benchmarks.gate.mean_simulation import How
from benchmarks.gate.score_reruns import RERUNS, Rerun
from pytest_steering.gate.decide import ALPHA

pytestmark = pytest.mark.slow


def named(one: Rerun | Changes) -> str:
    return f"{one.shape}, {one.noise}" if isinstance(one, Rerun) else one.shape


STEADY = [one for one in RERUNS if one.steady]
APART = [one for one in RERUNS if one.together == 1]


@pytest.mark.parametrize("cells", CELLS)
@pytest.mark.parametrize("rerun", RERUNS, ids=named)
def test_a_run_without_a_true_change_is_red_no_more_often_than_alpha(rerun: Rerun, cells: int) -> None:
    red, _, passed, _ = aa_means_shares(rerun, SAMPLES, cells)
    # The test is exact, and the true rate alpha itself: of thirty measured ones the largest is held to three
    # standard errors.
    assert red <= ALPHA + 3 * (ALPHA / RUNS) ** 0.5
    assert passed >= 0.95 or not rerun.steady


@pytest.mark.parametrize("rerun", STEADY, ids=named)
def test_a_fall_of_three_tenths_of_a_standard_deviation_is_found(rerun: Rerun) -> None:
    assert means_power(rerun, 60, "each") >= 0.9


@pytest.mark.parametrize("samples", [48, SAMPLES])
@pytest.mark.parametrize("how", ["each", "few"])
@pytest.mark.parametrize("rerun", APART, ids=named)
def test_a_fall_of_the_margin_passes_no_more_often_than_alpha(rerun: Rerun, how: How, samples: int) -> None:
    gate, _ = mean_false_passes(rerun, samples, how)
    assert gate <= ALPHA


@pytest.mark.parametrize("samples", [24, 48, 160])
@pytest.mark.parametrize("changes", SHAPES, ids=named)
def test_students_interval_holds_the_mean_of_symmetric_numbers(changes: Changes, samples: int) -> None:
    student, _ = coverage(changes, samples)
    assert student >= 0.93 or changes.shape in ("skewed", "one in ten falls by 3")
