"""Every block times every scale, on dev: where along the model and how strongly steering works."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering import ContrastPair, Experiment


@pytest.mark.steering(dataset="twins", split="test")
def test_steering_works_at_some_layer_and_scale_and_not_at_any(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair]
) -> None:
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector)
    assert {point.layer for point in choice.curve} == set(range(steering.model.architecture.num_layers))
    best = max(point.by_margin for point in choice.curve)
    weakest = min(point.by_margin for point in choice.curve)
    assert best >= 0.85
    assert weakest <= 0.65
    assert choice.split != steering.split
