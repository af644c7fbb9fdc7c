from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gate.simulation import Setting, draw, simulate
from pytest_steering.comparison import Changes
from pytest_steering.gate.decide import CellComparison, decide


@pytest.mark.parametrize("runs", [2, pytest.param(15, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "setting", [Setting(160, 0.04, 0.05, 20), Setting(48, 0.1, 0.0, 20), Setting(160, 0.1)]
)
def test_simulated_runs_are_decided_as_the_gate_decides_them(setting: Setting, runs: int) -> None:
    found, (broken, fixed) = simulate(setting, runs, seed=3), draw(setting, runs, seed=3)
    for run in range(runs):
        cells = [
            CellComparison(str(i), Changes(setting.samples, int(fixed[run, i]), int(broken[run, i])))
            for i in range(setting.cells)
        ]
        decision = decide(cells)
        assert [cell.status == "regression" for cell in decision.cells] == found.red[run].tolist()
        assert (decision.status == "pass") == found.passed[run]


def test_draws_have_the_asked_rates() -> None:
    broken, fixed = draw(Setting(160, 0.04, drop=0.1, cells=3), 20_000, seed=0)
    assert broken.mean(axis=0) / 160 == pytest.approx([0.12, 0.02, 0.02], abs=0.001)
    assert fixed.mean(axis=0) / 160 == pytest.approx([0.02, 0.02, 0.02], abs=0.001)
    assert np.all(broken + fixed <= 160)


def test_samples_that_flip_together_flip_in_that_number() -> None:
    broken, fixed = draw(Setting(160, 0.1, together=2), 50, seed=0)
    assert not np.any(broken % 2 + fixed % 2)
