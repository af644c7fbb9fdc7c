"""A model that does not read from left to right, or not as when it is called plainly, is refused."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, BertConfig, RobertaConfig

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import READING, prove
from pytest_steering.models.proving.reading_trials import LONG
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import ENGINES, PROMPTS, tiny_module, tiny_tokenizer

SIZES = {
    "vocab_size": 96,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
}


def roberta(**changes: Any) -> Any:
    torch.manual_seed(0)
    config = RobertaConfig(**SIZES, is_decoder=True, initializer_range=0.3, **changes)
    return AutoModelForCausalLM.from_config(config).eval()


def faults(module: Any, engine: str = "hooks") -> list[int]:
    """Return which of the claims on reading fail, by number."""
    loaded = as_loaded(module, tiny_tokenizer())
    claims = [claim for claim, _ in READING]
    return [
        claims.index(check.claim)
        for check in prove(loaded, make_engine(engine, loaded)).failures
        if check.claim in claims
    ]


LOOKS_AHEAD, CALLED_PLAINLY, WITH_A_CACHE = range(3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_causal_model_reads_as_it_should(engine: str) -> None:
    assert faults(tiny_module("qwen2", max_position_embeddings=128), engine) == []


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_model_that_reads_in_both_directions_is_refused_in_any_precision(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    module = AutoModelForCausalLM.from_config(BertConfig(**SIZES, is_decoder=False)).to(dtype)
    with pytest.raises(ModelError, match="the model looks ahead"):
        SteerableModel.wrap(module, tiny_tokenizer())


def shifted(ahead: int, beyond: int = 0) -> Callable[[Any, Any, Tensor], Tensor]:
    """Return a hook that lets a token read another one later in a text."""

    def mixed(_module: Any, _args: Any, state: Tensor) -> Tensor:
        tokens = state.shape[1]
        if tokens <= max(beyond, ahead):
            return state
        return state + torch.cat([state[:, ahead:], torch.zeros_like(state[:, :ahead])], dim=1)

    return mixed


def of_a_prefix(_module: Any, _args: Any, state: Tensor) -> Tensor:
    """Let the first three tokens of a text read each other, as a prefix language model does."""
    return torch.cat([state[:, :3] + state[:, :3].mean(1, keepdim=True), state[:, 3:]], dim=1)


def in_chunks(size: int) -> Callable[[Any, Any, Tensor], Tensor]:
    """Return a hook that lets the tokens of a chunk read each other."""

    def mixed(_module: Any, _args: Any, state: Tensor) -> Tensor:
        chunks = [part + part.mean(1, keepdim=True) for part in torch.split(state, size, dim=1)]
        return torch.cat(chunks, dim=1)

    return mixed


@pytest.mark.parametrize(
    "hook",
    [shifted(1), shifted(2), shifted(5), shifted(40), shifted(1, beyond=64), of_a_prefix]
    + [in_chunks(size) for size in (2, 3, 4, 64)],
)
def test_any_way_of_looking_ahead_is_seen(hook: Callable[[Any, Any, Tensor], Tensor]) -> None:
    module = tiny_module("qwen2", max_position_embeddings=128)
    module.model.layers[2].mlp.register_forward_hook(hook)
    assert LOOKS_AHEAD in faults(module)


def test_a_model_that_adds_to_each_token_by_itself_looks_nowhere() -> None:
    module = tiny_module("qwen2", max_position_embeddings=128)
    module.model.layers[2].mlp.register_forward_hook(lambda _module, _args, state: 2 * state)
    assert faults(module) == []


def test_positions_that_count_from_the_pad_token_are_those_of_a_plain_call() -> None:
    module = roberta()
    model = SteerableModel.wrap(module, tiny_tokenizer())
    assert model.loaded.first_position == 1
    assert model.loaded.context == SIZES["max_position_embeddings"] - 1
    answers = model.complete(PROMPTS, max_new_tokens=4).arms[0]
    assert [list(done.token_ids) for done in answers] == [
        plainly(module, model.tokens([p])[0]) for p in PROMPTS
    ]


def plainly(module: Any, row: list[int]) -> list[int]:
    """Write four tokens by nothing but plain calls."""
    text = list(row)
    for _ in range(4):
        with torch.no_grad():
            text.append(int(module(input_ids=torch.tensor([text])).logits[0, -1].argmax()))
    return text[len(row) :]


@pytest.mark.parametrize("beyond", [0, LONG - 5])
def test_a_model_that_answers_a_mask_of_ones_otherwise_than_none_is_refused(beyond: int) -> None:
    module = tiny_module("qwen2", max_position_embeddings=128)
    own = module.forward

    def forward(self: Any, input_ids: Tensor, attention_mask: Any = None, **given: Any) -> Any:
        out = own(input_ids=input_ids, attention_mask=attention_mask, **given)
        if attention_mask is None and input_ids.shape[1] > beyond:
            out.logits = 1.01 * out.logits.roll(1, -1)
        return out

    module.forward = MethodType(forward, module)
    assert faults(module) == [CALLED_PLAINLY]


def test_a_model_that_counts_positions_otherwise_when_it_writes_is_refused() -> None:
    module = tiny_module("qwen2", max_position_embeddings=128)
    own = module.prepare_inputs_for_generation

    def prepare(self: Any, *args: Any, **given: Any) -> dict[str, Any]:
        inputs: dict[str, Any] = own(*args, **given)
        if inputs["input_ids"].shape[1] == 1:
            inputs["position_ids"] = inputs["position_ids"] * 2
        return inputs

    module.prepare_inputs_for_generation = MethodType(prepare, module)
    assert faults(module) == [WITH_A_CACHE]
