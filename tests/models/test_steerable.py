from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError, PromptError, SteeringError, VectorError
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.models.conftest import ModelOf
from tests.near import assert_far, assert_near
from tests.tiny import (
    BLOCK_PATHS,
    CONTEXT,
    FAMILIES,
    HIDDEN,
    LAYERS,
    PROMPTS,
    VOCABULARY,
    random_vector,
    tiny_model,
    tiny_module,
    tiny_tokenizer,
)


def words(number: int) -> str:
    return " ".join(f"w{place % 90}" for place in range(number))


def transformers_states(family: str, ids: Sequence[int]) -> Any:
    """transformers' own hidden states of one prompt without pads: before each block, then the last."""
    module = tiny_module(family)
    with torch.no_grad():
        return module(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states


def test_states_are_those_of_transformers_at_the_last_prompt_token(steered_model: SteerableModel) -> None:
    found = steered_model.hidden_states(PROMPTS, "all")
    for number, ids in enumerate(steered_model.tokens(PROMPTS)):
        expected = transformers_states(steered_model.architecture.family, ids)
        for layer in range(LAYERS - 1):
            assert_near(found[layer][number], expected[layer + 1][0, -1])


def test_the_last_blocks_state_is_taken_before_the_final_norm(model: SteerableModel) -> None:
    ids = model.tokens(PROMPTS[:1])[0]
    after_norm = transformers_states(model.architecture.family, ids)[-1][0, -1]
    state = model.hidden_states(PROMPTS[:1], [LAYERS - 1])[LAYERS - 1][0]
    norm = model.loaded.module.get_submodule(
        {"starcoder": "transformer.ln_f"}.get(model.architecture.family, "model.norm")
    )
    assert_far(state, after_norm)
    with torch.no_grad():
        assert_near(norm(state), after_norm)


@pytest.mark.parametrize("rows", [1, 2, 64])
def test_states_do_not_depend_on_the_batch_they_are_read_in(model: SteerableModel, rows: int) -> None:
    whole, parts = model.hidden_states(PROMPTS), replace(model, batch_rows=rows).hidden_states(PROMPTS)
    for layer, states in whole.items():
        assert_near(parts[layer], states)


@pytest.mark.parametrize(("position", "token"), [("last", -1), ("prompt[0]", 0), ("prompt[-2]", -2)])
def test_another_token_can_be_read(model: SteerableModel, position: str, token: int) -> None:
    prompt = PROMPTS[2]
    expected = transformers_states(model.architecture.family, model.tokens([prompt])[0])[2][0, token]
    state = model.hidden_states([prompt, words(12)], [1], position)[1][0]
    assert_near(state, expected)


@pytest.mark.parametrize("position", ["all", "generated", "prompt[:2]", "prompt[:0]"])
def test_a_position_that_is_not_one_token_is_refused(model_of: ModelOf, position: str) -> None:
    with pytest.raises(VectorError, match="exactly one is read"):
        model_of("qwen2").hidden_states([words(4)], position=position)


def test_states_are_float32_on_the_cpu_for_the_final_three_layers_by_default(model: SteerableModel) -> None:
    states = model.hidden_states(PROMPTS)
    assert sorted(states) == [LAYERS - 3, LAYERS - 2, LAYERS - 1]
    for state in states.values():
        assert (state.shape, state.dtype, state.device.type) == (
            (len(PROMPTS), HIDDEN),
            torch.float32,
            "cpu",
        )


def test_the_final_layers_that_were_taken_are_logged(
    model_of: ModelOf, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="pytest_steering"):
        SteeringVector.from_contrast(model_of("starcoder2"), ["w1"], ["w2"])
    assert caplog.messages == [
        "Updated steering layers to final layers: [2, 3, 4]",
        "Created steering tensor: torch.Size([3, 32])",
    ]


def test_an_extracted_vector_is_the_difference_of_means_of_transformers_states(
    steered_model: SteerableModel,
) -> None:
    positive, negative = ["w1 w2 w3", "w4 w9", "w5 w6"], ["w1 w2 w7 w8", "w3", "w9 w9 w2"]
    vector = SteeringVector.from_contrast(steered_model, positive, negative, [0, 3])
    for layer in (0, 3):
        means = [
            torch.stack(
                [
                    transformers_states(steered_model.architecture.family, ids)[layer + 1][0, -1]
                    for ids in steered_model.tokens(prompts)
                ]
            ).mean(0)
            for prompts in (positive, negative)
        ]
        assert_near(vector.directions[layer], means[0] - means[1])
    assert vector.provenance["model"] == steered_model.name
    assert vector.provenance["weights"] == steered_model.weights


def test_one_intervention_gives_one_list_and_several_give_one_list_each(model_of: ModelOf) -> None:
    model, arm = model_of("starcoder2"), Intervention(random_vector(), scale=3.0)
    plain = model.generate(PROMPTS, max_new_tokens=3)
    steered = model.generate(PROMPTS, arm, max_new_tokens=3)
    assert all(isinstance(text, str) for text in (*plain, *steered))
    assert model.generate(PROMPTS, [None, arm], max_new_tokens=3) == [plain, steered]
    assert model.generate(PROMPTS, (arm,), max_new_tokens=3) == [steered]


@pytest.mark.parametrize(
    ("prompts", "said"),
    [
        ([], "the list of prompts is empty"),
        ((), "the list of prompts is empty"),
        ("w1 w2", "one string was given"),
        (["w1", ""], "1 of 2 prompts are empty or no text, at 1"),
        (["w1", None, 3], "2 of 3 prompts are empty or no text, at 1, 2"),
        (["w1", "  "], "prompt 1 has no tokens"),
        ([""] * 12, "12 of 12 prompts .* 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
        (None, "prompts"),
        (7, "prompts"),
        ({"w1": 1}, "prompts"),
    ],
)
@pytest.mark.parametrize("call", ["generate", "hidden_states", "choice_logprobs"])
def test_prompts_that_are_none_are_one_clear_sentence(
    model_of: ModelOf, call: str, prompts: Any, said: str
) -> None:
    arguments = [[" w1"]] if call == "choice_logprobs" else []
    with pytest.raises(PromptError, match=said) as caught:
        getattr(model_of("qwen2"), call)(prompts, *arguments)
    assert "\n" not in str(caught.value)


def test_prompts_longer_than_the_context_are_counted_and_named_and_nothing_is_cut(
    model: SteerableModel,
) -> None:
    prompts = ["w1", words(CONTEXT - 3), words(4), words(CONTEXT + 1)]
    with pytest.raises(PromptError, match=rf"2 of 4 prompts do not fit: .* {CONTEXT} .* are prompts 1, 3\."):
        model.generate(prompts, max_new_tokens=4)
    with pytest.raises(PromptError, match="1 of 4 prompts do not fit"):
        model.hidden_states(prompts)
    with pytest.raises(PromptError, match="1 of 4 prompts do not fit"):
        model.choice_logprobs(prompts, [" w1 w2"])
    assert model.overlong(prompts, 4) == {1: CONTEXT - 3, 3: CONTEXT + 1}
    assert model.generate(prompts[:3], max_new_tokens=3)


def test_a_prompt_as_long_as_the_context_can_be_read(model: SteerableModel) -> None:
    assert model.hidden_states([words(CONTEXT)])[LAYERS - 1].isfinite().all()


def test_a_tokenizer_of_another_model_is_named_before_torch_fails() -> None:
    model = tiny_model("qwen2", vocab_size=20)
    with pytest.raises(PromptError, match=r"token id 42 in 1 of 2 prompts, but the model knows 20 tokens"):
        model.generate(["w1", "w40"])


@pytest.mark.parametrize(
    ("interventions", "said"),
    [
        ([], r"\[None\] is the unsteered model"),
        (random_vector(), "SteeringVector was found"),
        ([random_vector()], "SteeringVector was found"),
        ("last", "str was found"),
        ([None, 1.0], "float was found"),
    ],
)
@pytest.mark.parametrize("call", ["generate", "choice_logprobs"])
def test_what_is_no_intervention_is_one_clear_sentence(
    model_of: ModelOf, call: str, interventions: Any, said: str
) -> None:
    arguments = [[" w1"]] if call == "choice_logprobs" else []
    with pytest.raises(VectorError, match=said):
        getattr(model_of("qwen2"), call)(PROMPTS, *arguments, interventions)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_vector_of_another_width_names_vector_layers_and_model(model_of: ModelOf, family: str) -> None:
    with pytest.raises(
        VectorError,
        match=rf"the given vector \(layers \[1, 3\]\) is 16 wide, but tiny-{family} has a hidden size of 32",
    ):
        model_of(family).generate(PROMPTS, Intervention(random_vector(hidden=16)))


def test_a_layer_out_of_range_names_vector_layers_and_model(model: SteerableModel) -> None:
    path = BLOCK_PATHS[model.architecture.family]
    with pytest.raises(
        VectorError,
        match=rf"given vector does not fit {model.name}: layers \[5\] lie outside {path}, which has 5 layers",
    ):
        model.generate(PROMPTS, Intervention(random_vector((1, 5))))


@pytest.mark.parametrize("layers", [[5], [-6], [1, 9]])
def test_reading_a_layer_out_of_range_is_refused(model_of: ModelOf, layers: list[int]) -> None:
    with pytest.raises(VectorError, match="which has 5 layers numbered 0 to 4"):
        model_of("qwen2").hidden_states(PROMPTS, layers)


@pytest.mark.parametrize("layers", ["last", [], [1.5], ["1"], 2, [True]])
def test_what_are_no_layers_is_one_clear_sentence(model_of: ModelOf, layers: Any) -> None:
    with pytest.raises(VectorError, match="are not known; use 'last3', 'all' or block numbers"):
        model_of("qwen2").hidden_states(PROMPTS, layers)


def test_layers_can_be_counted_from_the_end(model_of: ModelOf) -> None:
    assert sorted(model_of("qwen2").hidden_states(PROMPTS, [-1, 0])) == [0, LAYERS - 1]


def test_a_delta_that_overflows_the_models_dtype_is_refused_before_the_first_token() -> None:
    model = tiny_model("qwen2")
    strong = Intervention(random_vector(), scale=1e5)
    assert model.generate(PROMPTS, strong, max_new_tokens=1)
    half = replace(model, loaded=replace(model.loaded, module=model.loaded.module.half()))
    with pytest.raises(
        VectorError, match=r"given vector times 50000 at layer 1 .*tiny-qwen2's torch.float16"
    ):
        half.generate(PROMPTS, strong, max_new_tokens=1)


def test_explicit_positions_outside_a_prompt_are_refused_before_the_first_token(
    steered_model: SteerableModel,
) -> None:
    arm = Intervention(random_vector(), positions=[0, 3])
    with pytest.raises(VectorError, match=r"prompt\[0, 3\] lie outside 2 of 5 prompts.* prompts 1, 3"):
        steered_model.generate(PROMPTS, [None, arm], max_new_tokens=3)
    with pytest.raises(VectorError, match="lie outside 2 of 5 prompts"):
        steered_model.choice_logprobs(PROMPTS, [" w1"], [arm])


@pytest.mark.parametrize("choices", [[], [""], [" w1", ""], " w1"])
def test_choices_that_are_none_are_one_clear_sentence(model_of: ModelOf, choices: Any) -> None:
    with pytest.raises(PromptError, match="choices"):
        model_of("qwen2").choice_logprobs(PROMPTS, choices)


def test_first_token_choices_have_one_token_each(model_of: ModelOf) -> None:
    with pytest.raises(PromptError, match=r"choice ' w1 w2' has 2 tokens"):
        model_of("qwen2").complete(PROMPTS, choices=[" w1 w2"], max_new_tokens=1)
    with pytest.raises(PromptError, match="one string was given"):
        model_of("qwen2").complete(PROMPTS, choices=" w1", max_new_tokens=1)


@pytest.mark.parametrize("rows", [0, -1, 1.5, True])
def test_a_row_budget_that_is_none_is_refused(model_of: ModelOf, rows: Any) -> None:
    with pytest.raises(ModelError, match="batch_rows"):
        replace(model_of("qwen2"), batch_rows=rows)


def test_a_wrapped_model_is_put_into_eval_mode_and_named() -> None:
    module = tiny_module("qwen2").train()
    model = SteerableModel.wrap(module, tiny_tokenizer())
    assert not module.training
    assert model.name == "Qwen2ForCausalLM"
    assert model.architecture.family == "qwen2"


def test_wrapping_what_is_no_model_is_one_clear_sentence() -> None:
    with pytest.raises(SteeringError, match="transformers"):
        SteerableModel.wrap(torch.nn.Linear(2, 2), tiny_tokenizer())
    with pytest.raises(SteeringError, match="transformers"):
        SteerableModel.wrap("starcoder2", tiny_tokenizer())


def test_the_vocabulary_of_the_tests_reads_back(model_of: ModelOf) -> None:
    assert max(max(row) for row in model_of("qwen2").tokens(PROMPTS)) < VOCABULARY
