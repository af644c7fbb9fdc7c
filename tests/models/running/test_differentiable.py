"""Passes that can be differentiated, held against those that users run, with weights and modes untouched."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from pytest_steering.models.running.differentiable import answer_logprobs, learning, states_under
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.near import assert_near
from tests.tiny import FAMILIES, HIDDEN, LAYERS, random_vector, tiny_model

PROMPTS = ["w3 w14 w15", "w5 w8"]
ANSWERS = ["w9", "w2 w6 w5"]


def logprobs(model: SteerableModel, direction: torch.Tensor) -> torch.Tensor:
    prompts = model.tokens(PROMPTS)
    answers = [model.tokens([one])[0] for one in ANSWERS]
    return answer_logprobs(model.loaded, prompts, answers, 1, direction)


@pytest.mark.parametrize("family", FAMILIES)
def test_log_probabilities_are_those_of_the_intervention(family: str) -> None:
    model, vector = tiny_model(family), random_vector((1,))
    with learning(model.loaded):
        found = logprobs(model, vector.directions[1]).detach()
    steered = Intervention(vector, [1])
    expected = [
        model.option_logprobs([prompt], [[f" {answer}"]], [steered])[0][0][0]
        for prompt, answer in zip(PROMPTS, ANSWERS, strict=True)
    ]
    assert_near(found, torch.stack(expected))


def test_the_gradient_is_that_of_small_steps() -> None:
    model, direction = tiny_model("qwen2"), random_vector((1,)).directions[1].requires_grad_()
    step = torch.randn(HIDDEN, generator=torch.Generator().manual_seed(1)) * 1e-2
    with learning(model.loaded):
        (gradient,) = torch.autograd.grad(logprobs(model, direction).sum(), [direction])
        there = logprobs(model, (direction + step).detach()).sum()
        back = logprobs(model, (direction - step).detach()).sum()
    assert float(gradient @ step) == pytest.approx(float(there - back) / 2, rel=0.01)


def test_states_further_on_are_those_of_the_intervention() -> None:
    model, vector = tiny_model("qwen2"), random_vector((1,))
    steered = Intervention(vector, [1], positions="all")
    with learning(model.loaded):
        found = states_under(model.loaded, model.tokens(PROMPTS), 1, 3, vector.directions[1]).detach()
        logits = states_under(model.loaded, model.tokens(PROMPTS), 1, LAYERS, vector.directions[1]).detach()
    for row, ids in enumerate(model.tokens(PROMPTS)):
        with torch.no_grad(), model.steering(steered):
            out = model.loaded.module(torch.tensor([ids]), output_hidden_states=True)
        assert_near(found[row], out.hidden_states[4][0, -1])
        assert_near(logits[row], out.logits[0, -1])


def test_weights_flags_and_modes_are_as_they_were() -> None:
    model = tiny_model("qwen2")
    module = model.loaded.module.train()
    frozen = next(iter(module.parameters())).requires_grad_(False)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    direction = random_vector((1,)).directions[1].requires_grad_()
    with learning(model.loaded):
        assert not module.training
        torch.autograd.grad(logprobs(model, direction).sum(), [direction])
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())
    assert module.training
    assert not frozen.requires_grad
    assert sum(not one.requires_grad for one in module.parameters()) == 1
    assert all(one.grad is None for one in module.parameters())
    assert not torch.is_inference_mode_enabled()


def test_checkpointing_computes_blocks_again_and_changes_no_gradient() -> None:
    def gradient(model: SteerableModel) -> tuple[torch.Tensor, Counter[int]]:
        direction, ran = random_vector((1,)).directions[1].requires_grad_(), Counter[int]()
        handles = [
            block.mlp.register_forward_pre_hook(lambda *_args, n=number: ran.update([n]))
            for number, block in enumerate(model.loaded.module.model.layers)
        ]
        with learning(model.loaded):
            (found,) = torch.autograd.grad(logprobs(model, direction).sum(), [direction])
        for handle in handles:
            handle.remove()
        return found, ran

    model = tiny_model("qwen2")
    plain, once = gradient(model)
    model.loaded.module.gradient_checkpointing_enable()
    again, twice = gradient(model)
    assert torch.equal(plain, again)
    assert set(once.values()) == {1}
    assert twice[LAYERS - 1] == 2
    assert twice[1] == 1, "the block that is written to stays as it is"


def test_a_vector_of_zeros_changes_nothing() -> None:
    model = tiny_model("qwen2")
    with learning(model.loaded):
        found = logprobs(model, torch.zeros(HIDDEN)).detach()
    zero = Intervention(SteeringVector({1: torch.ones(HIDDEN)}), [1], 0.0)
    plain = model.option_logprobs([PROMPTS[0]], [[" w9"]], [zero])[0][0][0]
    assert_near(found[0], plain)
