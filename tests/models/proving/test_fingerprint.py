from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn import Module

from pytest_steering.models.proving.fingerprint import count_hooks, weights_fingerprint, weights_state
from tests.tiny import FAMILIES, tiny_module


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
