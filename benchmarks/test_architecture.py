"""Where the blocks are, at the sizes that were published: on the meta device, on the CPU, on a large GPU."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pytest_steering import (
    Intervention,
    SteerableModel,
    SteeringVector,
    detect_architecture,
    known_dimensions,
    memory_profile,
)
from tools.census.build import tiny_tokenizer

PATHS = {"gpt_bigcode": "transformer.h", "starcoder2": "model.layers", "qwen2": "model.layers"}
ON_THE_CPU = ("starcoderbase-1b", "qwen2.5-1.5b")
ON_A_GPU = ("starcoder2-7b", "qwen2.5-7b", "qwen2.5-14b", "starcoder2-15b")
PUBLISHED = (*ON_THE_CPU, *ON_A_GPU)


def test_the_blocks_are_found_where_the_family_has_them(steering_model: SteerableModel) -> None:
    architecture = steering_model.architecture
    config = steering_model.loaded.module.config.get_text_config(decoder=True)
    assert architecture.layer_path == PATHS.get(architecture.model_type, architecture.layer_path)
    assert architecture.num_layers == config.num_hidden_layers
    assert architecture.hidden_size == config.hidden_size
    assert architecture.default_layers == tuple(range(architecture.num_layers))[-3:]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_model_is_found_at_full_size_without_its_weights(name: str) -> None:
    import torch

    known = known_dimensions(name)
    with torch.device("meta"):
        _model(name)  # imports the model's class, which is no part of finding its blocks
        started = time.process_time()
        architecture = detect_architecture(_model(name))
    assert time.process_time() - started < 2.0
    found = (architecture.layer_path, architecture.num_layers, architecture.hidden_size)
    assert found == (known.layer_path, known.num_layers, known.hidden_size)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_memory_plan_is_made_from_the_config_alone(name: str) -> None:
    profile = memory_profile(_config(name))
    billions = float(name.rpartition("-")[2].removesuffix("b"))
    assert 0.9 < profile.parameters / 1e9 / billions < 1.15
    assert profile.batch_size == (1 if billions >= 12 else 2 if billions >= 5 else 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_THE_CPU)
def test_a_model_of_full_size_is_steered_on_the_cpu(name: str) -> None:
    _steer(name, _on(name, "cpu"))


@pytest.mark.gpu
@pytest.mark.parametrize("name", ON_A_GPU)
def test_a_model_of_full_size_is_steered_on_a_gpu(name: str) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip(f"{name} needs a GPU; torch finds no CUDA device here")
    needed = 1.2 * 2 * memory_profile(_config(name)).parameters
    free = torch.cuda.mem_get_info()[0]
    if free < needed:
        pytest.skip(
            f"{name} needs {needed / 1e9:.0f} GB of GPU memory in bfloat16; {free / 1e9:.0f} are free"
        )
    _steer(name, _on(name, "cuda"))


@pytest.mark.gpu
def test_a_model_of_7b_is_steered_over_two_devices() -> None:
    import torch

    accelerate = pytest.importorskip("accelerate", reason="pip install accelerate")
    if not torch.cuda.is_available():
        pytest.skip("a model over two devices needs a GPU at least; torch finds no CUDA device here")
    first, second = ("cuda:0", "cuda:1") if torch.cuda.device_count() > 1 else ("cpu", "cuda:0")
    name = "starcoder2-7b"
    with torch.device("cuda:0"):
        module = _model(name, dtype=torch.bfloat16)
    blocks = {f"model.layers.{n}": second if n >= 4 else first for n in range(len(module.model.layers))}
    around = {f"model.{part}": first for part in ("embed_tokens", "norm", "rotary_emb")}
    divided = accelerate.dispatch_model(module, {**around, **blocks, "lm_head": first}, main_device="cpu")
    assert {str(weight.device) for weight in divided.parameters()} == {first, second}
    _steer(name, divided)


def _steer(name: str, module: Any) -> None:
    """Prove a model with random weights in bfloat16, and answer with and without a vector."""
    model = SteerableModel.wrap(module, tiny_tokenizer(), name=name)
    known = known_dimensions(name)
    assert (model.architecture.num_layers, model.architecture.hidden_size) == (
        known.num_layers,
        known.hidden_size,
    )
    prompts = ["w5 w6 w7 w8", "w9 w10"]
    states = model.hidden_states(prompts, (0, known.num_layers - 1))
    vector = SteeringVector({layer: 4 * (state[0] - state[1]) for layer, state in states.items()})
    unsteered, steered = model.complete(
        prompts, [None, Intervention(vector, scale=3.0)], max_new_tokens=2
    ).arms
    assert all(done.first_token_kl == 0.0 for done in unsteered)
    assert all(done.first_token_kl and done.first_token_kl > 0.0 for done in steered)


def _on(name: str, device: str) -> Any:
    import torch

    with torch.device(device):
        return _model(name, dtype=torch.bfloat16)


def _model(name: str, **options: Any) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_config(_config(name), **options).eval()


def _config(name: str) -> Any:
    from transformers import AutoConfig

    known = known_dimensions(name)
    bigcode = known.model_type == "gpt_bigcode"
    mlp = {"n_inner": known.mlp_size} if bigcode else {"intermediate_size": known.mlp_size}
    heads = {} if bigcode else {"num_key_value_heads": known.kv_heads}
    words = {"vocab_size": 49152, "bos_token_id": 0, "eos_token_id": 0} if bigcode else {}
    if known.model_type == "qwen2":
        # Only the smallest ties its head to its embeddings.
        words = {"vocab_size": 151936 if name.endswith("1.5b") else 152064}
        words["tie_word_embeddings"] = name.endswith("1.5b")
    return AutoConfig.for_model(
        known.model_type,
        hidden_size=known.hidden_size,
        num_hidden_layers=known.num_layers,
        num_attention_heads=known.heads,
        **heads,
        **mlp,
        **words,
    )
