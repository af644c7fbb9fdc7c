"""Refusal: a vector of refused − granted requests makes the model refuse what is harmless."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="refusal")
def test_steering_refuses_harmless_requests(run: Run) -> None:
    result = run(scales=(1.0, 1.5, 2.0))

    result.expect("refusal").rises()
