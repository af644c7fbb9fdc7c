"""Directions from whole models, held against what repeng and steering-vectors train on the same ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import LAYERS, tiny_model

GROUP = "pip install --group peers brings it"

# Texts of various lengths, so that the tools' batches have pads.
PAIRS = [
    ContrastPair(f"w{n} w3 w{2 * n} w{n % 5 + 30}", f"w{n} w{n + 7} w3 w9 w{n % 7 + 40}", str(n))
    for n in range(5, 29)
]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


def cosine(one: Any, other: Any) -> float:
    return abs(float(torch.cosine_similarity(torch.as_tensor(one), torch.as_tensor(other), dim=0)))


@pytest.mark.parametrize("method", ["pca_diff", "pca_center"])
def test_repengs_components_are_ours_at_each_block(model: SteerableModel, method: str) -> None:
    np.float_ = np.float64  # type: ignore[attr-defined]  # repeng 0.4 names it, and NumPy 2 no longer has it
    peer = pytest.importorskip("repeng", reason=GROUP)
    entries = [peer.DatasetEntry(pair.positive, pair.negative) for pair in PAIRS]
    theirs = peer.ControlVector.train(model.loaded.module, model.tokenizer, entries, method=method)
    ours = extract(model, PAIRS, method)
    # Its last layer is read behind the final norm, where no vector is added.
    found = {
        layer: cosine(ours.directions[layer], theirs.directions[layer]) for layer in range(1, LAYERS - 1)
    }
    assert min(found.values()) >= 0.9999, found


def test_steering_vectors_directions_are_ours_at_each_block(model: SteerableModel) -> None:
    peer = pytest.importorskip("steering_vectors", reason=GROUP)
    samples = [(pair.positive, pair.negative) for pair in PAIRS]
    for method, aggregate in {
        "mean_difference": peer.mean_aggregator(),
        "pca_center": peer.pca_aggregator(),
    }.items():
        theirs = peer.train_steering_vector(
            model.loaded.module, model.tokenizer, samples, aggregator=aggregate, batch_size=5
        ).layer_activations
        ours = extract(model, PAIRS, method)
        found = {layer: cosine(ours.directions[layer], theirs[layer]) for layer in range(LAYERS)}
        assert min(found.values()) >= 0.9999, (method, found)


def test_a_mean_difference_of_steering_vectors_has_our_length_and_sign(model: SteerableModel) -> None:
    peer = pytest.importorskip("steering_vectors", reason=GROUP)
    samples = [(pair.positive, pair.negative) for pair in PAIRS]
    theirs = peer.train_steering_vector(model.loaded.module, model.tokenizer, samples).layer_activations
    ours = extract(model, PAIRS)
    for layer, direction in ours.directions.items():
        torch.testing.assert_close(direction, theirs[layer], rtol=1e-3, atol=1e-3)
