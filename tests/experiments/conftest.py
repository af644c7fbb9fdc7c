from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="session")
def intervention(starcoder2: SteerableModel) -> Intervention:
    """A direction of the model's own, at a middle block; how well it works is not the subject here."""
    from pytest_steering import Experiment, Intervention

    experiment = Experiment(starcoder2)
    return Intervention(experiment.extract(experiment.contrast_pairs(16)), layers=[2])


@pytest.fixture
def records() -> list[Record]:
    return []


@pytest.fixture
def experiment(starcoder2: SteerableModel, records: list[Record]) -> Experiment:
    from pytest_steering import Experiment

    return Experiment(starcoder2, limit=8, name="test_it", node_id="b.py::test_it", sink=records.append)
