"""What a model's folder says of generation changes no proof and no answer."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import GenerationConfig

from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import prove
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.tiny import END, ENGINES, PROMPTS, random_vector, tiny_module, tiny_tokenizer

STORED: dict[str, dict[str, Any]] = {
    "sampling": {"do_sample": True, "temperature": 0.7, "top_p": 0.9, "top_k": 5},
    "several draws": {"do_sample": True, "num_return_sequences": 3},
    "beams": {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True},
    "groups of beams": {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 1.0},
    "contrastive search": {"penalty_alpha": 0.6, "top_k": 4},
    "a dict of results": {"return_dict_in_generate": True, "output_scores": True, "output_logits": True},
    "states and attentions": {"output_hidden_states": True, "output_attentions": True},
    "guidance": {"guidance_scale": 1.5},
    "stop strings": {"stop_strings": ["w9"]},
    "prompt lookup": {"prompt_lookup_num_tokens": 3},
    "assistant": {"num_assistant_tokens": 5, "assistant_early_exit": 2},
    "shortest answer": {"min_length": 40, "min_new_tokens": 30},
    "longest answer": {"max_length": 2},
    "longest time": {"max_time": 1e-9},
    "forced end": {"forced_eos_token_id": 7},
    "forced begin": {"forced_bos_token_id": 9},
    "suppressed tokens": {"suppress_tokens": list(range(2, 60)), "begin_suppress_tokens": [70, 71]},
    "bad words": {"bad_words_ids": [[n] for n in range(2, 50)]},
    "biased words": {"sequence_bias": [[[5], 100.0]]},
    "repetition": {"repetition_penalty": 5.0, "no_repeat_ngram_size": 1, "encoder_repetition_penalty": 2.0},
    "decaying length": {"exponential_decay_length_penalty": [1, 3.0]},
    "invalid values": {"remove_invalid_values": True, "renormalize_logits": True},
    "watermark": {"watermarking_config": {"greenlist_ratio": 0.25, "bias": 50.0}},
    "no cache": {"use_cache": False},
    "static cache": {"cache_implementation": "static"},
    "quantised cache": {"cache_implementation": "quantized", "cache_config": {"backend": "quanto"}},
    "healing": {"token_healing": True},
    "layers that vote": {"dola_layers": "high"},
    "a setting of its own": {"thinking_budget": 12},
}


def answers(stored: dict[str, Any], engine: str) -> list[list[str]]:
    module = tiny_module("qwen2")
    for name, value in stored.items():
        setattr(module.generation_config, name, value)
    before = module.generation_config.to_dict()
    model = SteerableModel.wrap(module, tiny_tokenizer(), engine=engine)
    found = model.generate(PROMPTS, [None, Intervention(random_vector(), scale=2.0)], max_new_tokens=5)
    assert module.generation_config.to_dict() == before, "what the model brought is as it was"
    return found


@pytest.fixture(scope="module")
def plain() -> dict[str, list[list[str]]]:
    return {engine: answers({}, engine) for engine in ENGINES}


@pytest.mark.parametrize("name", STORED)
def test_what_a_model_stores_changes_no_answer(name: str, plain: dict[str, list[list[str]]]) -> None:
    assert answers(STORED[name], "hooks") == plain["hooks"]


@pytest.mark.parametrize("engine", ENGINES)
def test_all_of_it_at_once_changes_no_answer(engine: str, plain: dict[str, list[list[str]]]) -> None:
    everything = {name: value for one in STORED.values() for name, value in one.items()}
    assert answers(everything, engine) == plain[engine]


def judge_of_one_word() -> Any:
    """A model that ends after its first token, whatever it is asked."""
    module = tiny_module("qwen2")
    module.generation_config.eos_token_id = list(range(96))
    return module


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "name", ["beams", "a dict of results", "guidance", "stop strings", "prompt lookup", ""]
)
def test_a_proof_is_the_same_whatever_a_model_stores(name: str, engine: str) -> None:
    module = tiny_module("qwen2") if name else judge_of_one_word()
    for setting, value in STORED.get(name, {}).items():
        setattr(module.generation_config, setting, value)
    loaded = as_loaded(module, tiny_tokenizer())
    proof = prove(loaded, make_engine(engine, loaded))
    assert proof.holds, str(proof)
    assert not proof.alone


def test_a_model_that_ends_at_its_first_token_answers_with_one_token() -> None:
    model = SteerableModel.wrap(judge_of_one_word(), tiny_tokenizer())
    assert [len(done.token_ids) for done in model.complete(PROMPTS, max_new_tokens=5).arms[0]] == [1] * len(
        PROMPTS
    )


@pytest.mark.parametrize("stored", [None, GenerationConfig(eos_token_id=torch.tensor([END, 5]))])
def test_a_model_without_such_a_config_or_with_a_tensor_in_it_is_taken(stored: Any) -> None:
    module = tiny_module("qwen2")
    module.generation_config = stored
    model = SteerableModel.wrap(module, tiny_tokenizer())
    assert model.loaded.stop_ids == (frozenset({END}) if stored is None else frozenset({END, 5}))
    assert len(model.generate(PROMPTS, max_new_tokens=2)) == len(PROMPTS)
