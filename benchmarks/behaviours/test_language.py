"""French: a vector of French − English sentences makes an English model go on in French, not in loops."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="french")
def test_steering_turns_openings_into_french(run: Run) -> None:
    result = run((8, 9), (0.75, 0.875, 1.0), controls=("random", "negated", "prompted"))

    result.expect("whole_french").rises(by=0.4)
    assert (result.steered["whole_french"] or 0.0) >= 0.6
    for arm in (result.unsteered, *result.random):
        assert (arm["whole_french"] or 0.0) <= 0.05, arm.name
