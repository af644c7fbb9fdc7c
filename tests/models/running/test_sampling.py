"""Drawn answers: the same seed draws the same, and what is drawn follows the softmax."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from pytest_steering.errors import PromptError
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import PROMPTS, random_vector

ARMS = [None, Intervention(random_vector(), scale=5.0), Intervention(random_vector(seed=1), scale=3.0)]
THREE = Sampling(temperature=0.8, top_p=0.95, seed=7, draws=3)


def texts(model: SteerableModel, sampling: Sampling, arms: Any = ARMS, prompts: Any = PROMPTS) -> Any:
    found = model.complete(prompts, arms, max_new_tokens=5, sampling=sampling)
    return [[done.text for done in arm] for arm in found.arms]


@pytest.mark.parametrize(
    ("engine", "rows", "sharing"),
    [("hooks", 64, "auto"), ("hooks", 4, "copies"), ("hooks", 64, "none"), ("nnsight", 64, "none")],
)
def test_draws_do_not_depend_on_how_rows_are_batched_or_shared(
    model_of: ModelOf, engine: str, rows: int, sharing: str
) -> None:
    alone = replace(model_of("qwen2"), batch_rows=1, sharing="none")
    model = replace(model_of("qwen2", engine), batch_rows=rows, sharing=sharing)
    assert texts(model, THREE, ARMS, PROMPTS[1:3]) == texts(alone, THREE, ARMS, PROMPTS[1:3])


def test_a_draw_does_not_depend_on_its_neighbours(model_of: ModelOf) -> None:
    model = model_of("starcoder2")
    whole = texts(model, THREE)
    assert texts(model, THREE, ARMS[1:2], PROMPTS[2:3]) == [whole[1][6:9]]
    assert [row[::3] for row in whole] == texts(model, replace(THREE, draws=1))


def test_other_seeds_and_draws_are_others_and_equal_arms_are_equal(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    nothing = Intervention(random_vector(), scale=0.0)
    drawn = texts(model, replace(THREE, temperature=2.0), [None, nothing])
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0][6:9])) == 3
    assert texts(model, replace(THREE, temperature=2.0, seed=8), [None]) != drawn[:1]


def test_a_cold_draw_is_the_likeliest_token(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    greedy = [model.generate(PROMPTS, ARMS[1], max_new_tokens=5)]
    assert texts(model, Sampling(top_k=1), ARMS[1:2]) == greedy
    assert texts(model, Sampling(temperature=1e-4), ARMS[1:2]) == greedy


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.7, top_k=5), Sampling(1.5, top_p=0.6)])
def test_tokens_come_as_often_as_transformers_own_warpers_say(sampling: Sampling) -> None:
    scores = torch.linspace(-1.5, 1.5, 12).repeat(4000, 1)
    dice = sampling.dice([[n] for n in range(4000)], [0] * 4000)
    counted = dice(scores, range(4000)).argmax(-1).bincount(minlength=12) / 4000
    ids: Any = None
    warped = TemperatureLogitsWarper(sampling.temperature)(ids, scores[:1])
    if sampling.top_k:
        warped = TopKLogitsWarper(sampling.top_k)(ids, warped)
    if sampling.top_p < 1:
        warped = TopPLogitsWarper(sampling.top_p)(ids, warped)
    expected = warped.softmax(-1)[0]
    assert (counted[expected == 0] == 0).all()
    assert ((counted - expected).abs() < 4 * (expected / 4000).sqrt() + 1e-9).all()


def test_scores_of_choices_are_those_of_the_model_and_not_of_the_draw(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    plain = model.complete(PROMPTS, max_new_tokens=1, choices=[" w1"]).arms[0]
    drawn = model.complete(PROMPTS, max_new_tokens=1, choices=[" w1"], sampling=THREE).arms[0]
    # Three times the rows are another product, which rounds its own way; a temperature moves far more.
    for one, other in zip(drawn[::3], plain, strict=True):
        assert one.choice_logprobs == pytest.approx(other.choice_logprobs, rel=1e-5)


def test_what_decides_an_end_is_told_the_prompts_number(model_of: ModelOf) -> None:
    seen: set[int] = set()

    def decided(number: int, _text: str) -> bool:
        seen.add(number)
        return False

    model_of("qwen2").complete(PROMPTS, max_new_tokens=2, sampling=THREE, decided=decided)
    assert seen == set(range(len(PROMPTS)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 0},
        {"temperature": float("nan")},
        {"top_p": 1.5},
        {"top_k": -1},
        {"draws": 0},
        {"seed": 1.5},
    ],
)
def test_what_is_no_way_to_draw_is_one_sentence(wrong: Any) -> None:
    with pytest.raises(PromptError, match=next(iter(wrong))):
        Sampling(**wrong)
