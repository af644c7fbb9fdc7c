from __future__ import annotations

from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.memory import (
    KNOWN,
    SMALL_MODEL_ROWS,
    count_parameters,
    default_rows,
    known_dimensions,
    memory_profile,
    profile_of,
)
from tests.tiny import FAMILIES, tiny_config, tiny_model, tiny_module

PUBLISHED = {
    "starcoderbase-1b": ("gpt_bigcode", 2048, 24, 16, 1, 8192, "transformer.h"),
    "starcoder2-7b": ("starcoder2", 4608, 32, 36, 4, 18432, "model.layers"),
    "starcoder2-15b": ("starcoder2", 6144, 40, 48, 4, 24576, "model.layers"),
    "qwen2.5-1.5b": ("qwen2", 1536, 28, 12, 2, 8960, "model.layers"),
    "qwen2.5-7b": ("qwen2", 3584, 28, 28, 4, 18944, "model.layers"),
    "qwen2.5-14b": ("qwen2", 5120, 48, 40, 8, 13824, "model.layers"),
}
VOCABULARIES = {"gpt_bigcode": 49152, "starcoder2": 49152, "qwen2": 152064}
PARAMETERS = {
    "starcoderbase-1b": 1.1e9,
    "starcoder2-7b": 7.2e9,
    "starcoder2-15b": 16e9,
    "qwen2.5-1.5b": 1.5e9,
    "qwen2.5-7b": 7.6e9,
    "qwen2.5-14b": 14.8e9,
}


def config_of(name: str) -> Any:
    from transformers import GPTBigCodeConfig, Qwen2Config, Starcoder2Config

    sizes = known_dimensions(name)
    if sizes.model_type == "gpt_bigcode":
        return GPTBigCodeConfig(
            vocab_size=49152,
            n_embd=sizes.hidden_size,
            n_layer=sizes.num_layers,
            n_head=sizes.heads,
            n_inner=sizes.mlp_size,
            n_positions=8192,
        )
    kind = {"starcoder2": Starcoder2Config, "qwen2": Qwen2Config}[sizes.model_type]
    return kind(
        vocab_size=VOCABULARIES[sizes.model_type],
        hidden_size=sizes.hidden_size,
        num_hidden_layers=sizes.num_layers,
        num_attention_heads=sizes.heads,
        num_key_value_heads=sizes.kv_heads,
        intermediate_size=sizes.mlp_size,
        tie_word_embeddings=name in ("qwen2.5-1.5b", "starcoder2-7b"),
    )


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_sizes_of_the_target_models_are_those_of_their_configs(name: str) -> None:
    sizes = known_dimensions(name)
    assert tuple(vars(sizes).values()) == PUBLISHED[name]


def test_a_name_is_found_with_its_owner_and_in_any_case() -> None:
    assert known_dimensions("bigcode/starcoder2-7b") == known_dimensions(" StarCoder2-7B ")
    assert known_dimensions("Qwen/Qwen2.5-7B").hidden_size == 3584


@pytest.mark.parametrize("name", ["starcoder2-3b", "qwen2.5-7b-instruct", "gpt2", "", "15b"])
def test_a_size_is_never_guessed_from_an_unknown_name(name: str) -> None:
    with pytest.raises(ModelError, match=r"not in the table of starcoderbase-1b.*config.*hidden_size"):
        known_dimensions(name)


@pytest.mark.parametrize(
    ("parameters", "batch", "checkpointing", "samples"),
    [
        (16_000_000_000, 1, True, 2),
        (12_000_000_000, 1, True, 2),
        (11_999_999_999, 2, False, 3),
        (5_000_000_000, 2, False, 3),
        (4_999_999_999, 4, False, 5),
        (1, 4, False, 5),
    ],
)
def test_the_profile_goes_by_the_number_of_parameters(
    parameters: int, batch: int, checkpointing: bool, samples: int
) -> None:
    profile = profile_of(parameters)
    assert (profile.batch_size, profile.gradient_checkpointing, profile.max_samples_per_cwe) == (
        batch,
        checkpointing,
        samples,
    )
    assert profile.parameters == parameters


@pytest.mark.parametrize("name", KNOWN)
def test_the_target_models_are_counted_without_memory(name: str) -> None:
    profile = memory_profile(config_of(name))
    assert profile.parameters == pytest.approx(PARAMETERS[name], rel=0.05)
    size = name.rpartition("-")[2]
    assert profile.batch_size == {"1b": 4, "1.5b": 4, "7b": 2, "14b": 1, "15b": 1}[size]
    assert profile.gradient_checkpointing is (profile.batch_size == 1)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_count_is_that_of_the_loaded_model(family: str) -> None:
    parameters = sum(parameter.numel() for parameter in tiny_module(family).parameters())
    assert count_parameters(tiny_config(family)) == parameters
    assert tiny_model(family).memory_profile == profile_of(parameters)


@pytest.mark.parametrize(("width", "rows"), [(9_999, SMALL_MODEL_ROWS), (10_000, 4), (60_000, 2)])
def test_a_pass_takes_the_usual_rows_up_to_a_billion_parameters(width: int, rows: int) -> None:
    assert default_rows(torch.nn.Linear(100_000, width, bias=False, device="meta")) == rows


def test_a_config_without_a_language_model_is_one_clear_sentence() -> None:
    from transformers import ViTConfig

    with pytest.raises(ModelError, match="vit"):
        memory_profile(ViTConfig())
