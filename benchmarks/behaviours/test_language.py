"""French: a vector of French − English sentences makes an English model go on in French."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="french")
def test_steering_turns_openings_into_french(run: Run) -> None:
    result = run((8, 9), (0.75, 0.875, 1.0), controls=("random", "negated", "prompted"))

    result.expect("language_fr").rises(by=0.4)
    assert (result.steered["language_fr"] or 0.0) >= 0.6
    for arm in (result.unsteered, *result.random):
        assert (arm["language_fr"] or 0.0) <= 0.05, arm.name
