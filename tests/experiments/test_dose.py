from __future__ import annotations

import pytest

from pytest_steering.experiments.experiment import Experiment
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention


def test_the_margin_follows_the_scale_further_than_along_random_directions() -> None:
    experiment = Experiment(SteerableModel.load("starcoder"), limit=24)
    vector = experiment.extract(experiment.contrast_pairs(16))
    found = experiment.dose_response(
        Intervention(vector, [3], 1.0), parts=(0.5, 1.0), directions=5, samples=24
    )
    assert found.slope < 0
    assert found.item_slopes.shape == (24,)
    assert found.anti_steerable == pytest.approx((found.item_slopes < 0).mean())
    assert found.among_random is not None
    assert found.among_random.rank == 1
