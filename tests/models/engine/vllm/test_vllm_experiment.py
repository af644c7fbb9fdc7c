"""A whole experiment by vLLM: what is read, searched, answered, controlled and looked at beside."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.random_served import random_served
from pytest_steering import Experiment, Intervention, SteerableModel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("vllm") is None, reason="needs vLLM: nox -s vllm"),
]


def test_an_experiment_has_the_same_numbers_as_by_plain_hooks(tmp_path: Path) -> None:
    served = SteerableModel.load(random_served(tmp_path / "model"), device="cpu", engine="vllm")
    found = {}
    for model in (served, served.with_engine("hooks")):
        experiment = Experiment(model, "twins", limit=4)
        vector = experiment.extract(experiment.contrast_pairs()[:4], layers=[4])
        result = experiment.run(Intervention(vector), controls=("random", "negated", "shuffled", "prompted"))
        found[model.engine_name] = {name: arm["accuracy"] for name, arm in result.arms.items()}
    assert found["vllm"] == found["hooks"]
    assert {"unsteered", "steered", "negated", "prompted"} <= set(found["vllm"])
