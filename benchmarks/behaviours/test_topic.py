"""One topic: a vector of weddings − other scenes makes openings turn to weddings."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="wedding")
def test_steering_turns_openings_to_weddings(run: Run) -> None:
    result = run(layers=(8, 10), scales=(1.0, 1.5, 2.0))

    result.expect("wedding").rises()
