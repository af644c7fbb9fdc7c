from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gate.mean_intervals import SHAPES, coverage
from benchmarks.gate.mean_rates import mean_false_passes
from benchmarks.gate.mean_simulation import How, Setting, decide_runs, drawn, simulate_cells
from benchmarks.gate.score_reruns import RERUNS, Rerun
from pytest_steering.comparison.mean_change import MeanChange
from pytest_steering.gate.decide import CellComparison, decide
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.gate.mean_fall import MeanFall, usual_margin

every_rerun = pytest.mark.parametrize("rerun", RERUNS, ids=lambda one: f"{one.shape}, {one.noise}")
SCORE = GatedMetric("score", "higher", "")


def comparison(name: str, before: np.ndarray, after: np.ndarray, together: int) -> CellComparison:
    clusters = tuple(str(at // together) for at in range(len(before)))
    change = MeanChange(tuple(before.tolist()), tuple(after.tolist()), clusters)
    return CellComparison(name, MeanFall(change, SCORE), "score", usual_margin(change.before))


@every_rerun
@pytest.mark.parametrize("runs", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_simulated_runs_are_decided_as_the_gate_decides_them(rerun: Rerun, runs: int) -> None:
    setting = Setting(rerun, 48, 0.2)
    found = decide_runs(simulate_cells(setting, runs, 6, seed=3))
    ((before, after),) = drawn(setting, runs * 6, seed=3)
    for run in range(runs):
        own = range(run * 6, run * 6 + 6)
        decision = decide([comparison(str(at), before[at], after[at], rerun.together) for at in own])
        assert [cell.status == "regression" for cell in decision.cells] == found.red[run].tolist()
        assert (decision.status == "pass") == found.passed[run]


@every_rerun
def test_scores_keep_their_mean_and_spread_from_run_to_run(rerun: Rerun) -> None:
    ((before, after),) = drawn(Setting(rerun, 160), 2_000, seed=0)
    for scores in (before, after):
        assert scores.mean() == pytest.approx(rerun.scores.mean, abs=0.01)
        assert scores.std() == pytest.approx(rerun.scores.sd, rel=0.1)


@pytest.mark.parametrize("how", ["each", "few"])
@every_rerun
def test_a_true_fall_has_the_size_that_was_asked_for(rerun: Rerun, how: How) -> None:
    ((before, after),) = drawn(Setting(rerun, 160, 0.3, how), 1_000, seed=0)
    assert (before - after).mean() / rerun.scores.sd == pytest.approx(0.3, abs=0.03)


@every_rerun
def test_a_few_hundred_runs_without_a_true_change_are_seldom_red(rerun: Rerun) -> None:
    ended = decide_runs(simulate_cells(Setting(rerun, 48), 300, 6, seed=1))
    assert ended.red_runs <= 14  # 0.02 of 300 and four standard errors


def test_the_gates_bound_passes_a_fall_of_the_margin_seldom_where_students_does_not() -> None:
    sparse = next(one for one in RERUNS if one.noise == "2 % drawn again")
    gate, student = mean_false_passes(sparse, 48, "few")
    assert gate <= 0.02 < student


def test_a_fall_of_three_tenths_is_found_where_scores_stay() -> None:
    normal = next(one for one in RERUNS if one.noise == "change of 0.5 sd")
    found = simulate_cells(Setting(normal, 160, 0.3), 200, 1, seed=0)
    assert (found.p <= 0.02 / 60).mean() > 0.95


def test_students_interval_holds_where_the_bootstraps_does_not() -> None:
    student, bca = coverage(SHAPES[1], 24, data_sets=200)
    assert student >= 0.93 > bca
