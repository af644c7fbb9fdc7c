"""The geometry of starcoder2-15b, random weights in bfloat16, on a CUDA device."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import pytest

from benchmarks.performance.fused import differing
from benchmarks.performance.workloads import (
    NEW_TOKENS,
    note,
    random_prompts,
    ratios,
    sampled,
    scaled,
    sweep_cells,
    timed,
    word_tokenizer,
)
from pytest_steering import SteerableModel

pytestmark = [pytest.mark.gpu, pytest.mark.performance]

GEOMETRY = {
    "hidden_size": 6144,
    "intermediate_size": 24576,
    "num_hidden_layers": 40,
    "num_attention_heads": 48,
    "num_key_value_heads": 4,
    "vocab_size": 49152,
    "max_position_embeddings": 4096,
    "sliding_window": None,
}
LAYERS = (10, 20, 30, 38)
ROWS = 256


def starcoder2(geometry: dict[str, Any], device: str) -> SteerableModel:
    """Return a Starcoder2 with random bfloat16 weights that never ends an answer."""
    import torch
    from transformers import AutoModelForCausalLM, Starcoder2Config

    torch.manual_seed(0)
    config = Starcoder2Config(**geometry, bos_token_id=1, eos_token_id=None, pad_token_id=0)
    with torch.device(device):
        module = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16).eval()
    model = SteerableModel.wrap(module, word_tokenizer(), name="random-starcoder2-15b")
    return replace(model, batch_rows=ROWS, loaded=replace(model.loaded, stop_ids=frozenset()))


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device was found; torch sees the host's processors alone")
    return starcoder2(GEOMETRY, "cuda")


def test_a_sweep_costs_a_fifth_of_its_cells(model: SteerableModel) -> None:
    prompts, cells = random_prompts(), sweep_cells(LAYERS, model.architecture.hidden_size)
    model.complete(prompts[:2], cells[:2], max_new_tokens=2)
    tree, found = timed(lambda: model.complete(prompts, cells, max_new_tokens=NEW_TOKENS))
    alone, early = [], 0
    for number in sampled(cells):
        run = partial(model.complete, prompts, [cells[number]], max_new_tokens=NEW_TOKENS)
        spent, one = timed(run)
        alone.append(spent)
        early += differing(found.arms[number], one.arms[0])[0]
    ratio = ratios(tree, scaled(alone, len(cells)))
    # bfloat16 rounds neighbours apart, so that equal tokens are counted here and asked for in float32 alone.
    note("cuda-sweep", ratio=ratio, sharing=found.sharing, fused=vars(tree), differ_before_a_tie=early)
    assert ratio["wall"] <= 0.20


def test_steering_costs_little_more_than_not_steering(model: SteerableModel) -> None:
    prompts, cell = random_prompts(), sweep_cells(LAYERS, model.architecture.hidden_size)[0]
    run = partial(model.complete, prompts, max_new_tokens=NEW_TOKENS)
    run([cell]), run([None])
    pairs = [(timed(lambda: run([cell]))[0], timed(lambda: run([None]))[0]) for _ in range(10)]
    ratio = median(steered.wall / plain.wall for steered, plain in pairs)
    note("cuda-overhead", median=ratio, pairs=len(pairs))
    assert ratio <= 1.10
