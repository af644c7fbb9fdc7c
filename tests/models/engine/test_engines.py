from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.proving.fingerprint import count_hooks, weights_state
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import BLOCK_PATHS, ENGINES, FAMILIES, LAYERS, PROMPTS, random_vector, tiny_model

STEERED = Intervention(random_vector(), scale=3.0)


class Interruption(Exception):  # noqa: N818 - an event of the tests, not an error of theirs
    """Raised by a test in the middle of a run."""


def after(tokens: int) -> Callable[[list[int]], list[bool]]:
    """Positions that break off once a row is longer than `tokens`."""

    def choose(ids: list[int]) -> list[bool]:
        if len(ids) > tokens:
            raise Interruption
        return [True] * len(ids)

    return choose


def calls(model: SteerableModel, run: Callable[[], Any]) -> list[int]:
    """How often each block ran during `run`."""
    seen: Counter[int] = Counter()
    blocks = model.loaded.module.get_submodule(BLOCK_PATHS[model.architecture.family])
    handles = [
        block.register_forward_pre_hook(lambda *_args, number=number: seen.update([number]))
        for number, block in enumerate(blocks)
    ]
    try:
        run()
    finally:
        for handle in handles:
            handle.remove()
    return [seen[number] for number in range(len(blocks))]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
def test_after_each_kind_of_run_no_hook_is_left_and_no_weight_has_changed(family: str, engine: str) -> None:
    model = tiny_model(family, engine)
    before = weights_state(model.loaded.module)
    model.generate(PROMPTS, [None, STEERED], max_new_tokens=3)
    model.choice_logprobs(PROMPTS, [" w3", " w4 w5"], [None, STEERED])
    model.hidden_states(PROMPTS)
    assert count_hooks(model.loaded.module) == 0
    assert weights_state(model.loaded.module) == before


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tokens", [3, 14], ids=["in the prompt", "in the middle of the answer"])
def test_a_run_that_breaks_off_leaves_the_model_as_it_was(family: str, engine: str, tokens: int) -> None:
    model = tiny_model(family, engine)
    expected = model.generate(PROMPTS, [None, STEERED], max_new_tokens=6)
    before, config = weights_state(model.loaded.module), model.loaded.module.generation_config
    with pytest.raises(Interruption):
        model.generate(PROMPTS, Intervention(random_vector(), positions=after(tokens)), max_new_tokens=6)
    assert count_hooks(model.loaded.module) == 0
    assert weights_state(model.loaded.module) == before
    assert model.loaded.module.generation_config is config
    assert model.generate(PROMPTS, [None, STEERED], max_new_tokens=6) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_broken_off_reading_leaves_the_model_as_it_was(family: str, engine: str) -> None:
    model = tiny_model(family, engine)
    expected = model.hidden_states(PROMPTS, "all")

    def broken(*_args: Any) -> None:
        raise Interruption

    with pytest.raises(Interruption):
        model.engine.states(_batch(model), [1, 3], broken)
    assert count_hooks(model.loaded.module) == 0
    for layer, states in model.hidden_states(PROMPTS, "all").items():
        assert torch.equal(states, expected[layer])


def _batch(model: SteerableModel) -> Any:
    from pytest_steering.models.running.batching import pad_left

    return pad_left(model.tokens(PROMPTS), model.loaded.pad_id, "cpu")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("highest", [0, 2, LAYERS - 1])
def test_reading_states_runs_no_block_above_the_highest_wanted_one(
    family: str, engine: str, highest: int, model_of: ModelOf
) -> None:
    model = model_of(family, engine)
    ran = calls(model, lambda: model.hidden_states(PROMPTS, [0, highest]))
    assert ran == [1] * (highest + 1) + [0] * (LAYERS - 1 - highest)


def test_the_engines_read_the_same_states(model_of: ModelOf) -> None:
    for family in FAMILIES:
        one, other = (model_of(family, engine).hidden_states(PROMPTS, "all") for engine in ENGINES)
        assert all(torch.equal(one[layer], other[layer]) for layer in range(LAYERS))


def test_dropout_is_off_while_a_model_is_steered() -> None:
    model = tiny_model("qwen2", attention_dropout=0.5)
    assert not model.loaded.module.training
    assert model.generate(PROMPTS, max_new_tokens=4) == model.generate(PROMPTS, max_new_tokens=4)


def test_no_gradient_is_recorded(model_of: ModelOf) -> None:
    for engine in ENGINES:
        model = model_of("starcoder2", engine)
        assert not any(states.requires_grad for states in model.hidden_states(PROMPTS).values())
        assert not model.choice_logprobs(PROMPTS, [" w3"], [STEERED])[0].requires_grad


def test_a_model_is_handed_to_another_engine_without_being_loaded_again(model_of: ModelOf) -> None:
    model = model_of("qwen2", "hooks")
    other = model.with_engine("nnsight")
    assert other.loaded is model.loaded
    assert (model.engine.name, other.engine.name) == ("hooks", "nnsight")
    assert model.with_engine("hooks") is model


def test_an_unknown_engine_is_refused_by_name(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    for ask in (lambda: model.with_engine("sglang"), lambda: make_engine("sglang", model.loaded)):
        with pytest.raises(ModelError, match="engine 'sglang' is not known; known are hooks, nnsight"):
            ask()
