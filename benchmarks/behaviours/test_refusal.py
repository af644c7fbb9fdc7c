"""Refusal: a vector of refused − granted requests makes the model refuse what is harmless."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="refusal")
def test_steering_refuses_harmless_requests(run: Run) -> None:
    result = run(layers=(13, 18), scales=(0.5, 0.75, 1.0))

    result.expect("refusal").rises()
