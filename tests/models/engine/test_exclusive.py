"""One call at a time runs a model, and nothing that a program sets for itself changes what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest
import torch

from pytest_steering.models.engine.exclusive import exclusively, held
from pytest_steering.models.proving.fingerprint import count_hooks
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import PROMPTS, random_vector, tiny_module, tiny_tokenizer

ARMS = [None, *(Intervention(random_vector(seed=seed), scale=6.0) for seed in range(3))]


@contextmanager
def default_dtype(kind: torch.dtype) -> Iterator[None]:
    torch.set_default_dtype(kind)
    try:
        yield
        assert torch.get_default_dtype() == kind
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def default_device(place: str) -> Iterator[None]:
    torch.set_default_device(place)
    try:
        yield
        assert torch.get_default_device().type == place
    finally:
        torch.set_default_device(None)


SETTINGS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "float64": lambda: default_dtype(torch.float64),
    "bfloat16": lambda: default_dtype(torch.bfloat16),
    "meta": lambda: default_device("meta"),
    "with meta": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "inference mode": torch.inference_mode,
    "no grad": torch.no_grad,
}


def answers(model: SteerableModel) -> list[object]:
    """What a model says and how its states are, in a form that can be compared bit for bit."""
    states = model.hidden_states(PROMPTS, "all")
    scores = model.choice_logprobs(PROMPTS, [" w1", " w2 w3"], ARMS[:2])
    return [
        model.generate(PROMPTS, ARMS[:2], max_new_tokens=4),
        [arm.tolist() for arm in scores],
        {layer: state.tolist() for layer, state in states.items()},
        {state.dtype for state in states.values()},
    ]


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_threads_with_different_arms_get_the_answers_they_get_alone(model_of: ModelOf, engine: str) -> None:
    model = model_of("qwen2", engine)
    alone = [model.generate(PROMPTS, arm, max_new_tokens=4) for arm in ARMS]
    numbers = [number for number in range(len(ARMS)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda number: model.generate(PROMPTS, ARMS[number], max_new_tokens=4), numbers)
        assert list(found) == [alone[number] for number in numbers]


def test_two_holders_of_one_module_share_its_lock(model_of: ModelOf) -> None:
    model = model_of("starcoder2")
    other = SteerableModel.wrap(model.loaded.module, tiny_tokenizer(), name="the same again")
    with ThreadPoolExecutor(1) as pool, exclusively(model.loaded.module):
        waiting = pool.submit(other.generate, PROMPTS[:1], max_new_tokens=1)
        assert not waiting.done()
        mine = model.generate(PROMPTS[:1], max_new_tokens=1)
    assert waiting.result() == mine


def test_a_model_is_free_again_after_an_error(model_of: ModelOf) -> None:
    module = model_of("qwen2").loaded.module
    with pytest.raises(KeyboardInterrupt), held(module), held(module):
        raise KeyboardInterrupt

    def other() -> bool:
        with held(module):
            return True

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(other).result(5)


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_a_program_sets_for_its_own_tensors_changes_no_answer(model_of: ModelOf, setting: str) -> None:
    model = model_of("qwen2")
    expected = answers(model)
    with SETTINGS[setting]():
        assert answers(model) == expected


@pytest.mark.parametrize("setting", ["float64", "bfloat16", "with meta", "inference mode", "autocast"])
def test_a_model_can_be_wrapped_under_any_setting(setting: str) -> None:
    module = tiny_module("qwen2", seed=4)
    with SETTINGS[setting]():
        model = SteerableModel.wrap(module, tiny_tokenizer())
    assert answers(model) == answers(SteerableModel.wrap(module, tiny_tokenizer()))


def test_weights_made_in_inference_mode_can_be_steered_and_followed() -> None:
    with torch.inference_mode():
        model = SteerableModel.wrap(tiny_module("qwen2", seed=5), tiny_tokenizer())
    plain = model.generate(PROMPTS, max_new_tokens=4)
    assert model.generate(PROMPTS, ARMS[1], max_new_tokens=4) != plain


def test_the_models_own_generation_config_is_left_as_it_was_also_after_an_error(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    module = model.loaded.module
    own, before, hooks = module.generation_config, module.generation_config.to_dict(), count_hooks(module)

    def interrupted(_number: int, _text: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.complete(PROMPTS, max_new_tokens=4, decided=interrupted)
    assert module.generation_config is own
    assert (own.to_dict(), count_hooks(module)) == (before, hooks)


def test_tokenizer_device_and_dtype_can_be_asked_for(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    assert model.tokenizer is model.loaded.tokenizer
    assert (model.device, model.dtype) == (torch.device("cpu"), torch.float32)
