"""A vector that was read elsewhere than at the last token is run beside nulls that were read there too."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.experiments.experiment import Experiment
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention

PAIRS = [ContrastPair(f"x = {n}\nIs it odd? Yes", f"x = {n}\nIs it odd? No, no", str(n)) for n in range(8)]


def last_two(ids: list[int]) -> list[bool]:
    return [number >= len(ids) - 2 for number in range(len(ids))]


@pytest.mark.parametrize("at", ["answer_mean", last_two])
def test_its_controls_are_read_where_it_was(starcoder2: SteerableModel, at: Any) -> None:
    experiment = Experiment(starcoder2, "twins", limit=2)
    vector = experiment.extract(PAIRS, layers=[2], at=at)
    result = experiment.run(Intervention(vector, [2]), controls=("shuffled", "random_halves"))
    name = "answer_mean" if at == "answer_mean" else "callable:last_two"
    assert result.steered.record.spec["vectors"]["position"] == name
    assert result["shuffled"].record.spec["intervention"]["method"] == "shuffled:0"
    made = experiment.extract(PAIRS, layers=[2])
    assert abs((vector @ made)[2]) < 0.999, "the last token's states give another direction"
