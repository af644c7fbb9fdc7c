"""Prompts as texts, chat messages and token ids, in every method that takes prompts."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pytest_steering.errors import PromptError
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import PROMPTS, random_vector, tiny_tokenizer

ARM = Intervention(random_vector(), scale=5.0)
CHAT = [{"role": "user", "content": "w1 w2"}, {"role": "assistant", "content": "w3"}]


def everything(model: SteerableModel, prompts: Any) -> list[object]:
    """What each method that takes prompts returns for them."""
    options = [" w1", " w2 w3"]
    moments = model.mean_states([prompts, prompts[:2]], [2])
    return [
        model.tokens(prompts),
        model.overlong(prompts, 40),
        model.generate(prompts, [None, ARM], max_new_tokens=4),
        model.complete(prompts, choices=[" w1"], max_new_tokens=1).arms[0][0].choice_logprobs,
        [arm.tolist() for arm in model.choice_logprobs(prompts, options, [None, ARM])],
        [one.tolist() for one in model.option_logprobs(prompts, [options] * len(prompts))[0]],
        [one.tolist() for one in model.text_logprobs(prompts, ["w4 w5"] * len(prompts))],
        {layer: state.tolist() for layer, state in model.hidden_states(prompts).items()},
        {layer: state.tolist() for layer, state in moments.items()},
        [{n: state.tolist() for n, state in one.items()} for one in model.token_states(prompts)],
        "".join(model.stream(prompts[0], ARM, max_new_tokens=4)),
    ]


@pytest.fixture(scope="module")
def chatty(model_of: ModelOf) -> SteerableModel:
    """A model whose tokenizer has a chat template."""
    model = model_of("qwen2")
    tokenizer = copy(tiny_tokenizer())
    tokenizer.chat_template = (
        "{% for one in messages %}{{ 'w9 ' + one.content + ' w8 ' }}{% endfor %}"
        "{% if add_generation_prompt %}w7{% endif %}"
    )
    return replace(model, loaded=replace(model.loaded, tokenizer=tokenizer))


@pytest.mark.parametrize("kind", [list, tuple, np.array, torch.tensor])
def test_token_ids_are_read_as_the_text_that_they_come_from(model_of: ModelOf, kind: Any) -> None:
    model = model_of("qwen2")
    given = [kind(row) for row in model.tokens(PROMPTS)]
    assert everything(model, given) == everything(model, PROMPTS)
    assert model.tokens([PROMPTS[0], given[1]]) == model.tokens(PROMPTS[:2])


def test_token_ids_are_read_as_they_are_whatever_their_text_would_be(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    ids = [1, 0, 5, 1]  # ends and pads, which no text of the tokenizer's has
    assert model.tokens([ids]) == [ids]
    (found,) = model.continuations([ids], [[" w3"]])
    assert (found.prompt, found.answers) == (tuple(ids), ((5,),))


def test_messages_are_read_through_the_chat_template(chatty: SteerableModel) -> None:
    assert everything(chatty, [CHAT[:1], CHAT[:1]]) == everything(chatty, ["w9 w1 w2 w8 w7"] * 2)


def test_the_answer_goes_on_from_a_last_message_of_the_assistants(chatty: SteerableModel) -> None:
    assert chatty.tokens([CHAT]) == chatty.tokens(["w9 w1 w2 w8 w9 w3"])


@pytest.mark.parametrize(
    ("prompts", "said"),
    [
        (CHAT, "one conversation was given"),
        ([[{"role": "user"}]], "prompt 0 has a message without a text"),
        (["w1", []], "1 of 2 prompts are empty or no text, at 1"),
        ([[1.5]], "empty or no text"),
        ([[True]], "empty or no text"),
        ([[-1]], "empty or no text"),
        ([1, 2], "2 of 2 prompts"),
        ([[5000]], "token id 5000"),
    ],
)
def test_what_is_no_prompt_is_one_sentence(chatty: SteerableModel, prompts: Any, said: str) -> None:
    with pytest.raises(PromptError, match=said):
        chatty.generate(prompts, max_new_tokens=1)


def test_messages_need_a_chat_template(model_of: ModelOf) -> None:
    with pytest.raises(PromptError, match="the tokenizer has no chat template"):
        model_of("qwen2").generate([CHAT])


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_states_of_all_tokens_are_those_that_plain_hooks_see(model_of: ModelOf, engine: str) -> None:
    model = model_of("starcoder2", engine)
    blocks = model.loaded.module.model.layers
    found = replace(model, batch_rows=2).token_states(PROMPTS, [1, 4])
    for ids, states in zip(model.tokens(PROMPTS), found, strict=True):
        seen: dict[int, Any] = {}
        handles = [
            blocks[n].register_forward_hook(lambda _m, _a, out, n=n, to=seen: to.__setitem__(n, out))
            for n in (1, 4)
        ]
        with torch.no_grad():
            model.loaded.module(torch.tensor([ids]))
        for handle in handles:
            handle.remove()
        for layer, state in states.items():
            assert (state.shape, state.dtype) == ((len(ids), 32), torch.float32)
            torch.testing.assert_close(state, seen[layer][0], atol=1e-5, rtol=1e-4)


def test_some_tokens_of_each_prompt_can_be_read(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    every, some = model.token_states(PROMPTS, [2]), model.token_states(PROMPTS, [2], "prompt[1:3]")
    for all_tokens, few in zip(every, some, strict=True):
        assert few[2].equal(all_tokens[2][1:3])
