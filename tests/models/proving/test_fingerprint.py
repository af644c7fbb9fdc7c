from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import Module

from pytest_steering.errors import VectorError
from pytest_steering.models.proving.fingerprint import (
    count_hooks,
    current_weights,
    weights_fingerprint,
    weights_state,
)
from pytest_steering.models.proving.module_state import adapters_of
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import FAMILIES, PROMPTS, tiny_module, tiny_tokenizer


@pytest.mark.parametrize("family", FAMILIES)
def test_equal_weights_have_one_fingerprint_and_others_another(family: str) -> None:
    assert weights_fingerprint(tiny_module(family)) == weights_fingerprint(tiny_module(family))
    assert weights_fingerprint(tiny_module(family)) != weights_fingerprint(tiny_module(family, seed=1))


def test_a_single_changed_number_changes_the_fingerprint() -> None:
    module = tiny_module("qwen2")
    before = weights_fingerprint(module)
    with torch.no_grad():
        next(module.parameters())[3, 4].add_(1e-3)
    assert weights_fingerprint(module) != before


def test_dtype_and_shape_count_beside_the_numbers() -> None:
    prints = {
        weights_fingerprint(layer)
        for layer in (
            _zeros(torch.nn.Linear(4, 2, bias=False)),
            _zeros(torch.nn.Linear(2, 4, bias=False)),
            _zeros(torch.nn.Linear(4, 2, bias=False)).half(),
            _zeros(torch.nn.Linear(4, 2, bias=False)).bfloat16(),
        )
    }
    assert len(prints) == 4


def _zeros(layer: Module) -> Module:
    for parameter in layer.parameters():
        torch.nn.init.zeros_(parameter)
    return layer


def test_of_a_very_large_tensor_a_sample_stands_for_the_whole() -> None:
    large = _zeros(torch.nn.Linear(3000, 3000, bias=False))
    before = weights_fingerprint(large)
    with torch.no_grad():
        large.weight[0, 0] = 1.0  # type: ignore[operator]
    assert weights_fingerprint(large) != before


def test_the_state_sees_a_change_that_the_sample_misses() -> None:
    large = _zeros(torch.nn.Linear(3000, 3000, bias=False))
    fingerprint, state = weights_fingerprint(large), weights_state(large)
    with torch.no_grad():
        large.weight[0, 1] = 1.0  # type: ignore[operator]
    assert weights_fingerprint(large) == fingerprint
    assert weights_state(large) != state


def test_reading_the_weights_leaves_the_state_alone() -> None:
    module = tiny_module("starcoder")
    state = weights_state(module)
    module(input_ids=torch.tensor([[3, 4]]))
    assert weights_state(module) == state


@pytest.mark.parametrize(
    "register",
    [
        lambda module: module.register_forward_hook(lambda *_: None),
        lambda module: module.register_forward_pre_hook(lambda *_: None),
        lambda module: module.register_full_backward_hook(lambda *_: None),
        lambda module: module.register_full_backward_pre_hook(lambda *_: None),
        lambda module: module.register_forward_hook(lambda *_: None, with_kwargs=True),
    ],
)
def test_a_hook_of_any_kind_on_any_part_is_counted(register: Callable[[Module], object]) -> None:
    module = tiny_module("qwen2")
    assert count_hooks(module) == 0
    register(module.model.layers[2].mlp)
    register(module)
    assert count_hooks(module) == 2


def test_hooks_that_transformers_leaves_to_look_at_states_are_not_counted() -> None:
    module = tiny_module("qwen2")
    module(input_ids=torch.tensor([[3, 4]]), output_hidden_states=True)
    assert count_hooks(module) == 0


class _Adapted(Module):
    """Stands for a layer of PEFT: which of its adapters counts is no number of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.lora_A = torch.nn.ModuleDict({"one": torch.nn.Linear(2, 2), "other": torch.nn.Linear(2, 2)})
        self._active_adapter, self._disable_adapters = ["one"], False
        self.scaling = {"one": 2.0, "other": 2.0}
        self.register_buffer("quantised", torch.zeros(3, dtype=torch.uint8))
        self.register_buffer("made_up", torch.zeros(3), persistent=False)


CHANGES: dict[str, Callable[[Any], object]] = {
    "another adapter": lambda layer: setattr(layer, "_active_adapter", ["other"]),
    "none": lambda layer: setattr(layer, "_disable_adapters", True),
    "more of it": lambda layer: layer.scaling.update(one=3.0),
    "a buffer": lambda layer: layer.quantised.__setitem__(1, 1),
    "a buffer's data": lambda layer: layer.quantised.data.__setitem__(1, 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_decides_beside_parameters_is_a_change_that_every_call_sees(
    change: Callable[[Any], object],
) -> None:
    layer = _Adapted()
    before = current_weights(layer), weights_fingerprint(layer)
    assert (current_weights(layer), weights_fingerprint(layer)) == before
    change(layer)
    assert current_weights(layer) != before[0]
    assert weights_fingerprint(layer) != before[1]


def test_a_buffer_that_is_not_saved_follows_from_the_config() -> None:
    layer = _Adapted()
    before = weights_fingerprint(layer)
    layer.get_buffer("made_up").add_(1)
    assert weights_fingerprint(layer) == before


@pytest.mark.parametrize("family", FAMILIES)
def test_a_models_own_layers_are_not_taken_for_those_of_adapters(family: str) -> None:
    assert adapters_of(tiny_module(family)) == ()  # though an attention has a `scaling` as well


@pytest.mark.slow
def test_a_vector_of_one_adapter_of_peft_is_refused_under_another() -> None:
    peft = pytest.importorskip("peft")
    config = peft.LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, target_modules=["q_proj"])
    whole = peft.get_peft_model(tiny_module("qwen2"), config).eval()
    whole.add_adapter("other", config)
    model = SteerableModel.wrap(whole, tiny_tokenizer(), name="adapted")
    vector = SteeringVector.from_contrast(model, PROMPTS[:1], PROMPTS[1:2], layers=[1])
    model.generate(PROMPTS, Intervention(vector), max_new_tokens=1)
    whole.set_adapter("other")
    with pytest.raises(VectorError, match="made for something else"):
        model.generate(PROMPTS, Intervention(vector), max_new_tokens=1)
