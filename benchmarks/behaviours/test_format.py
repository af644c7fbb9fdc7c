"""One format instruction: a vector of lower-case − usual sentences, on requests in a chat."""

from __future__ import annotations

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="lower_case")
def test_steering_writes_in_lower_case(run: Run) -> None:
    result = run(layers=(23, 25), scales=(2.5, 3.0, 3.5))

    result.expect("lower_case").rises()
