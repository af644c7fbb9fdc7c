from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pytest_steering.errors import DataError, VectorError
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.side_effects import NeutralEffect, neutral_effects
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.near import margin_rounding
from tests.tiny import PROMPTS, random_vector, tiny_model

TEXTS = [text for text in PROMPTS if len(text.split()) > 3]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("starcoder2")


@pytest.fixture(scope="module")
def steered() -> Intervention:
    return Intervention(random_vector(), [1])


def test_the_unsteered_model_and_a_scale_of_zero_do_nothing_to_neutral_texts(
    model: SteerableModel, steered: Intervention
) -> None:
    found = neutral_effects(model, {"unsteered": None, "zero": replace(steered, scale=0.0)}, TEXTS)
    nothing = {
        "neutral_token_kl": 0.0,
        "neutral_token_kl_95": 0.0,
        "neutral_perplexity_ratio": 1.0,
        "off_target_accuracy": found["unsteered"].off_target_accuracy,
        "off_target_change": 0.0,
    }
    assert found["unsteered"].metrics() == nothing
    # Rows of one batch may be rounded apart: they are on processors without vector instructions.
    assert found["zero"].metrics() == pytest.approx(nothing, abs=margin_rounding(model))


@pytest.mark.parametrize("tokens", [1, 20, 40, 100, 1000])
def test_kl_95_is_the_percentile_and_no_maximum(tokens: int) -> None:
    kl = np.random.default_rng(0).permutation(np.arange(float(tokens)))
    effect = NeutralEffect(tuple(kl), 0.0, (True,), (True,))
    assert effect.kl_95 == np.quantile(kl, 0.95, method="higher")
    assert effect.metrics()["neutral_token_kl_95"] == effect.kl_95
    assert (effect.kl_95 == max(kl)) == (tokens <= 20)


def test_kl_and_loss_are_those_of_one_pass_over_prompt_and_text(
    model: SteerableModel, steered: Intervention
) -> None:
    ids = model.tokens(TEXTS[:1])[0]
    half = len(ids) // 2
    words = TEXTS[0].split()
    prompt, rest = " ".join(words[:half]), " " + " ".join(words[half:])
    base, moved = (float(arm[0, 0]) for arm in model.choice_logprobs([prompt], [rest], [None, steered]))
    effect = neutral_effects(model, {"steered": steered}, TEXTS[:1])["steered"]
    assert len(effect.token_kl) == len(ids) - half
    expected = (base - moved) / (len(ids) - half)
    assert effect.loss_change == pytest.approx(expected, abs=margin_rounding(model))


def test_off_target_accuracy_is_how_often_the_texts_own_next_token_is_the_likeliest(
    model: SteerableModel, steered: Intervention
) -> None:
    answers = model.generate(PROMPTS, max_new_tokens=14)
    texts = [f"{text} {own}" for text, own in zip(PROMPTS, answers, strict=True)]
    arms = {"unsteered": None, "steered": replace(steered, scale=4.0)}
    found = neutral_effects(model, arms, texts)
    for name, intervention in arms.items():
        own = [right for ids in model.tokens(texts) for right in foretold(model, ids, intervention)]
        assert found[name].off_target_accuracy == pytest.approx(sum(own) / len(own))
    moved, base = (found[name].metrics() for name in ("steered", "unsteered"))
    assert base["off_target_accuracy"] > 0.9 > moved["off_target_accuracy"] + 0.1
    assert moved["off_target_change"] == moved["off_target_accuracy"] - base["off_target_accuracy"]
    assert base["off_target_change"] == 0.0


def foretold(model: SteerableModel, ids: list[int], intervention: Intervention | None) -> list[bool]:
    """By one pass with a hook of our own, which steers from the last token of the first half on."""
    half = len(ids) // 2

    def add(_module: object, _args: object, output: Any) -> None:
        state = output[0] if isinstance(output, tuple) else output
        if intervention is not None:
            state[:, half - 1 :] += intervention.delta(1)

    handle = model.loaded.module.get_submodule("model.layers.1").register_forward_hook(add)
    with torch.no_grad():
        logits = model.loaded.module(input_ids=torch.tensor([ids])).logits[0]
    handle.remove()
    return (logits[half - 1 : -1].argmax(-1) == torch.tensor(ids[half:])).tolist()  # type: ignore[no-any-return]


def test_texts_that_do_not_fit_are_left_out_and_none_that_fits_is_an_error(
    model: SteerableModel, steered: Intervention
) -> None:
    long = " ".join(["w1"] * 500)
    alone = neutral_effects(model, {"steered": steered}, TEXTS)["steered"]
    assert neutral_effects(model, {"steered": steered}, [*TEXTS, long])["steered"] == alone
    with pytest.raises(DataError, match="no neutral text fits"):
        neutral_effects(model, {"steered": steered}, [long])


def test_a_scale_of_equal_effect_meets_its_target(model: SteerableModel, steered: Intervention) -> None:
    weaker = replace(steered, vector=0.2 * steered.vector)
    found, other = of_equal_effect(model, [steered, weaker], TEXTS, 0.05)
    assert other.scale == pytest.approx(5 * found.scale, rel=0.01)
    for effect in neutral_effects(model, {"one": found, "other": other}, TEXTS).values():
        assert effect.kl_95 == pytest.approx(0.05, rel=0.05)


def test_an_ablation_of_equal_effect_meets_its_target_or_is_said_to_be_too_weak(
    model: SteerableModel, steered: Intervention
) -> None:
    ablation = replace(steered, operation="ablate", scale=0.0)
    full = neutral_effects(model, {"full": replace(ablation, scale=1.0)}, TEXTS)["full"].kl_95
    (found,) = of_equal_effect(model, [ablation], TEXTS, full / 4)
    assert 0 < found.scale < 1
    effect = neutral_effects(model, {"found": found}, TEXTS)["found"].kl_95
    assert effect == pytest.approx(full / 4, rel=0.05)
    with pytest.raises(VectorError, match="'ablate' at scale 1 moves neutral texts by less than"):
        of_equal_effect(model, [ablation], TEXTS, 4 * full)


def test_a_target_that_is_none_is_refused(model: SteerableModel, steered: Intervention) -> None:
    with pytest.raises(VectorError, match="above 0"):
        of_equal_effect(model, [steered], TEXTS, 0.0)
    with pytest.raises(VectorError, match="less than"):
        of_equal_effect(model, [replace(steered, vector=1e-9 * steered.vector)], TEXTS, 1.0)
