"""Cheerful or gloomy: a vector of loved − hated things moves the sentiment of what the model writes."""

from __future__ import annotations

from statistics import fmean

import pytest

from benchmarks.behaviours.conftest import Run


@pytest.mark.steering(models=["smollm2"], task="cheerful")
def test_steering_cheers_up_and_its_opposite_saddens(run: Run) -> None:
    result = run()

    result.expect("sentiment").rises(by=0.15)
    result.expect("sentiment", "negated").drops(by=0.05)
    result.expect("repetition").stays(within=0.15)
    random = fmean(arm["sentiment"] or 0.0 for arm in result.random)
    assert abs(random - (result.unsteered["sentiment"] or 0.0)) <= 0.1
