from __future__ import annotations

from importlib.util import find_spec

import pytest
from torch import nn

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.vllm import key_value_memory, servable
from pytest_steering.models.engine.vllm.class_keeping import kept_classes
from pytest_steering.models.engine.vllm.key_value_memory import host_bytes, token_bytes
from tests.tiny import tiny_model


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed here")
def test_without_vllm_the_sentence_names_the_package() -> None:
    with pytest.raises(ModelError, match=r'pip install "pytest-steering\[vllm\]"'):
        tiny_model("qwen2").with_engine("vllm")


def test_a_model_that_is_steered_within_its_blocks_is_refused() -> None:
    with pytest.raises(ModelError, match="writes into the output of blocks, and the mlp output is asked for"):
        tiny_model("qwen2").at("mlp_output").with_engine("vllm")


def test_a_model_that_was_made_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servable, "find_spec", lambda _name: True)
    with pytest.raises(ModelError, match="made in memory; save it with save_pretrained"):
        servable.require_servable(tiny_model("qwen2").loaded)


def test_heads_of_a_size_that_vllm_does_not_know_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servable, "_head_sizes", lambda: [32, 64])
    with pytest.raises(ModelError, match=r"cannot serve qwen2 with heads of 8: .* knows 32, 64"):
        servable._require_head_size(tiny_model("qwen2").loaded)


def test_a_class_is_given_back_what_it_was() -> None:
    class Other:
        pass

    class Kind(nn.Module):
        def forward(self, number: int) -> int:
            return number + 1

    model = Kind()
    with kept_classes(model):
        Kind.__bases__ = (*Kind.__bases__, Other)
        Kind.forward = lambda _self, _number: 0  # type: ignore[method-assign,assignment]
        Kind.compiled = True  # type: ignore[attr-defined]
        assert model(1) == 0
    assert model(1) == 2
    assert Kind.__bases__ == (nn.Module,)
    assert not hasattr(Kind, "compiled")


def test_keys_and_values_take_a_share_of_the_memory_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = tiny_model("qwen2").loaded
    assert token_bytes(loaded) == 2 * 5 * 2 * 8 * 4
    monkeypatch.setattr(key_value_memory, "free_memory", lambda _where: 4000)
    assert host_bytes(loaded, 256) == 1000
