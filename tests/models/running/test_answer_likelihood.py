from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.near import assert_far, assert_near
from tests.reference import EVERYWHERE, Row, full_logits
from tests.tiny import BLOCK_PATHS, PROMPTS, VOCABULARY, random_vector, tiny_model

CHOICES = [" w3", " w50", " w4 w5 w6", " w3 w9", " w77"]
EVERY_WORD = [f"w{number}" for number in range(VOCABULARY - 2)]


def steering(positions: str) -> Intervention:
    return Intervention(random_vector(), scale=3.0, positions=positions)


@cache
def by_hand(family: str, positions: str | None) -> Tensor:
    """log p(choice | prompt), one row at a time: softmax written out, token after token."""
    model, deltas = tiny_model(family), {}
    if positions is not None:
        asked = steering(positions)
        deltas = {layer: asked.delta(layer) for layer in asked.at}
    scores = torch.empty(len(PROMPTS), len(CHOICES))
    for number, (prompt, ids) in enumerate(zip(PROMPTS, model.tokens(PROMPTS), strict=True)):
        for column, choice in enumerate(CHOICES):
            answer = model.choice_tokens(choice, prompt)
            row = Row(ids, deltas, EVERYWHERE[positions or "all"])
            path = BLOCK_PATHS[model.architecture.family]
            logits = full_logits(model.loaded.module, path, row, answer).double()
            shares = logits.exp() / logits.exp().sum(-1, keepdim=True)
            tokens = [shares[len(ids) - 1 + step, token] for step, token in enumerate(answer)]
            scores[number, column] = torch.stack(tokens).log().sum()
    return scores


@pytest.mark.parametrize("positions", EVERYWHERE)
def test_scores_are_the_log_softmax_of_each_whole_choice(
    steered_model: SteerableModel, positions: str
) -> None:
    found = steered_model.choice_logprobs(PROMPTS, CHOICES, [None, steering(positions)])
    for arm, scores in zip((None, positions), found, strict=True):
        assert (scores.shape, scores.dtype) == ((len(PROMPTS), len(CHOICES)), torch.float32)
        assert_near(scores, by_hand(steered_model.architecture.family, arm))


def test_the_probabilities_of_all_tokens_sum_to_one(model: SteerableModel) -> None:
    steered = Intervention(random_vector(), scale=3.0)
    for scores in model.choice_logprobs(PROMPTS, ["<pad>", "<end>", *EVERY_WORD], [None, steered]):
        assert_near(scores.exp().sum(-1), torch.ones(len(PROMPTS)))


def test_the_best_choice_is_the_first_token_that_is_generated(steered_model: SteerableModel) -> None:
    arms = [None, Intervention(random_vector(), scale=3.0)]
    scores = steered_model.choice_logprobs(PROMPTS, ["<pad>", "<end>", *EVERY_WORD], arms)
    written = steered_model.complete(PROMPTS, arms, max_new_tokens=1).arms
    for arm_scores, arm in zip(scores, written, strict=True):
        assert arm_scores.argmax(-1).tolist() == [done.token_ids[0] for done in arm]


def test_a_choices_own_tokens_are_steered_as_generated_ones(model: SteerableModel) -> None:
    arms = [None, Intervention(random_vector(), scale=6.0, positions="generated")]
    plain, steered = model.choice_logprobs(PROMPTS, [" w3", " w4 w5"], arms)
    assert_near(steered[:, 0], plain[:, 0])
    assert_far(steered[:, 1], plain[:, 1])


def test_scale_zero_scores_as_the_unsteered_model_bit_for_bit(steered_model: SteerableModel) -> None:
    (plain,) = steered_model.choice_logprobs(PROMPTS, CHOICES, [None])
    (zero,) = steered_model.choice_logprobs(PROMPTS, CHOICES, [Intervention(random_vector(), scale=0.0)])
    assert torch.equal(plain, zero)


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_the_row_budget_changes_scores_by_less_than_rounding(model: SteerableModel, rows: int) -> None:
    arms = [None, Intervention(random_vector(), scale=3.0, positions="all")]
    whole = model.choice_logprobs(PROMPTS, CHOICES, arms)
    parts = replace(model, batch_rows=rows).choice_logprobs(PROMPTS, CHOICES, arms)
    for one, other in zip(whole, parts, strict=True):
        assert_near(other, one)


def test_interventions_scored_together_score_as_each_alone(model: SteerableModel) -> None:
    arms = [
        None,
        Intervention(random_vector(), scale=3.0),
        Intervention(random_vector(seed=1), positions="all"),
    ]
    together = model.choice_logprobs(PROMPTS, CHOICES, arms)
    for arm, scores in zip(arms, together, strict=True):
        (alone,) = model.choice_logprobs(PROMPTS, CHOICES, [arm])
        assert_near(scores, alone)


def test_the_order_of_prompts_and_choices_is_kept(model_of: ModelOf) -> None:
    model = replace(model_of("starcoder2"), batch_rows=2)
    (scores,) = model.choice_logprobs(PROMPTS, CHOICES)
    (turned,) = model.choice_logprobs(PROMPTS[::-1], CHOICES[::-1])
    assert_near(turned.flip(0, 1), scores)
