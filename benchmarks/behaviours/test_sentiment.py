"""Cheerful or gloomy: a vector of loved − hated things moves the sentiment of what the model writes."""

from __future__ import annotations

from statistics import fmean

import pytest

from benchmarks.behaviours.conftest import Run
from pytest_steering import Experiment, Intervention


@pytest.mark.steering(models=["smollm2"], task="cheerful", limit=20)
def test_a_dose_without_a_search_cheers_up_and_saddens(steering: Experiment) -> None:
    vector = steering.extract(steering.contrast_pairs())
    result = steering.run(Intervention(vector, [13], 0.5, positions="all"), controls=("negated",))

    assert (result.steered["sentiment"] or 0.0) > (result.unsteered["sentiment"] or 0.0)
    result.expect("sentiment", "negated").drops()


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="cheerful")
def test_steering_cheers_up_and_its_opposite_saddens(run: Run) -> None:
    result = run()

    result.expect("sentiment").rises(by=0.15)
    result.expect("sentiment", "negated").drops(by=0.05)
    result.expect("repetition").stays(within=0.15)
    random = fmean(arm["sentiment"] or 0.0 for arm in result.random)
    assert abs(random - (result.unsteered["sentiment"] or 0.0)) <= 0.1
