"""A feature of a sparse autoencoder is picked by the pairs, in each format that features are read of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.methods import METHODS, extraction_method
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.extraction.sparse_features import sparse_feature
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.files.decoder_tables import decoder_table
from pytest_steering.steering.vector import SteeringVector
from tests.steering.files.made_files import MADE
from tests.tiny import tiny_model

PAIRS = [ContrastPair(f"w3 w{n} w4", f"w3 w{n} w5", str(n)) for n in range(6, 12)]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


@pytest.mark.parametrize("kind", ["SAELens", "Gemma Scope", "dictionary_learning"])
def test_it_is_the_row_closest_to_the_mean_difference_and_as_long(
    model: SteerableModel, tmp_path: Path, kind: str
) -> None:
    made = MADE[kind](tmp_path)
    hints: dict[str, Any] = {name: value for name, value in made.hints.items() if name in ("layer", "axis")}
    extraction_method(sparse_feature(made.path, **hints))
    try:
        vector = extract(model, PAIRS, "sae")
    finally:
        del METHODS["sae"]
    (block,) = vector.layers
    mean = extract(model, PAIRS, layers=[block])
    cosines = [
        (SteeringVector.load(made.path, feature=n, **hints) @ mean)[block]
        for n in range(len(decoder_table(made.path)))
    ]
    assert (vector @ mean)[block] == pytest.approx(max(cosines), abs=1e-5)
    assert vector.norms[block] == pytest.approx(mean.norms[block], rel=1e-5)


def test_a_block_that_was_not_asked_for_and_another_width_are_named(
    model: SteerableModel, tmp_path: Path
) -> None:
    method = sparse_feature(MADE["SAELens"](tmp_path).path)
    with pytest.raises(VectorError, match=r"is of block 3, which is not among layers \[1\]"):
        method(model, ["w3 w4"], ["w3 w5"], [1])
    with pytest.raises(VectorError, match="has features of 32 numbers, and states have 16"):
        method(tiny_model("qwen2", hidden_size=16, num_attention_heads=2), ["w3 w4"], ["w3 w5"], "all")


def test_a_file_that_is_no_autoencoder_is_named(tmp_path: Path) -> None:
    SteeringVector({1: torch.ones(4)}).save(tmp_path / "v.safetensors")
    with pytest.raises(VectorError, match="holds no decoder of a sparse autoencoder"):
        decoder_table(tmp_path / "v.safetensors")
