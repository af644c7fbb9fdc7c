"""Heads are read, chosen and moved as by plain forward-pre-hooks on the map behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pytest_steering import ContrastPair, Intervention, SteerableModel, extract
from pytest_steering.errors import ModelError, VectorError
from pytest_steering.extraction.methods.per_head import per_head
from pytest_steering.steering.vector import SteeringVector
from tools.census.build import build, tiny_tokenizer
from tools.census.tiny_sizes import TINY

PROJECTIONS = {
    "llama": "model.layers.{}.self_attn.o_proj",
    "gpt2": "transformer.h.{}.attn.c_proj",
    "starcoder2": "model.layers.{}.self_attn.o_proj",
    "gpt_bigcode": "transformer.h.{}.attn.c_proj",
    "gpt_neox": "gpt_neox.layers.{}.attention.dense",
    "bloom": "transformer.h.{}.self_attention.dense",
}
PAIRS = [ContrastPair(f"w{n} w{n + 7} w9", f"w{n} w{n + 40}", f"p{n}") for n in range(4, 20)]
LAYERS = (0, 2)


@cache
def model_of(model_type: str) -> SteerableModel:
    module = build(model_type, {**TINY, "initializer_range": 0.4})
    return SteerableModel.wrap(module, tiny_tokenizer(), name=model_type).at("attention_output")


@contextmanager
def before_projections(
    model: SteerableModel, change: Callable[[int, Tensor], Tensor | None]
) -> Iterator[None]:
    """Let a plain hook look at what each map is given, and put something else in its place."""

    def hook_of(layer: int) -> Callable[..., Any]:
        def hook(_module: Any, args: tuple[Any, ...]) -> Any:
            made = change(layer, args[0])
            return None if made is None else (made, *args[1:])

        return hook

    with ExitStack() as stack, torch.no_grad():
        for layer in LAYERS:
            path = PROJECTIONS[model.name].format(layer)
            module = model.loaded.module.get_submodule(path)
            stack.callback(module.register_forward_pre_hook(hook_of(layer)).remove)
        yield


def read_plainly(model: SteerableModel, prompt: str) -> dict[int, Tensor]:
    seen: dict[int, Tensor] = {}

    def look(layer: int, given: Tensor) -> None:
        seen[layer] = given[0, -1].clone()

    with before_projections(model, look):
        model.loaded.module(input_ids=torch.tensor(model.tokens([prompt])))
    return seen


@pytest.mark.parametrize("model_type", PROJECTIONS)
def test_heads_are_read_where_the_map_behind_them_is_given_them(model_type: str) -> None:
    model = model_of(model_type)
    prompts = ["w3 w14 w15 w9 w26", "w5", "w35 w89 w79"]
    found = model.head_states(prompts, LAYERS)
    heads = model.loaded.module.config.num_attention_heads
    for row, prompt in enumerate(prompts):
        for layer, plain in read_plainly(model, prompt).items():
            assert found[layer][row].shape[0] == heads
            assert torch.allclose(found[layer][row].flatten(), plain, atol=1e-3)  # alone, and beside others


@pytest.mark.parametrize("model_type", PROJECTIONS)
def test_what_is_added_to_heads_is_what_the_vector_adds_behind_them(model_type: str) -> None:
    model = model_of(model_type)
    matrices = model.head_matrices(LAYERS)
    drawn = torch.Generator().manual_seed(0)
    added = {layer: torch.randn(one.shape[:2], generator=drawn) for layer, one in matrices.items()}
    vector = SteeringVector(
        {layer: torch.einsum("hs,hsd->d", added[layer], matrices[layer]) for layer in LAYERS}
    )
    (ids,) = model.tokens(["w3 w14 w15 w9 w26"])
    with before_projections(model, lambda layer, given: given + added[layer].flatten()):
        expected = model.loaded.module(input_ids=torch.tensor([ids])).logits
    with torch.no_grad(), model.steering(Intervention(vector, positions="all", per_layer=True)):
        found = model.loaded.module(input_ids=torch.tensor([ids])).logits
    assert torch.allclose(found, expected, atol=1e-4 * float(expected.abs().max()))


def test_the_heads_whose_probes_are_best_on_pairs_held_out_are_moved_by_their_mean_shift() -> None:
    """Read, probed and mapped a second time, from plain hooks."""
    from sklearn.linear_model import LogisticRegression

    model, count = model_of("llama"), len(PAIRS)
    texts = [one.positive for one in PAIRS] + [one.negative for one in PAIRS]
    plain = [read_plainly(model, text) for text in texts]
    heads = model.loaded.module.config.num_attention_heads
    right, shifts = {}, {}
    for layer in LAYERS:
        rows = torch.unflatten(torch.stack([one[layer] for one in plain]), -1, (heads, -1)).double().numpy()
        for head in range(heads):
            own = rows[:, head]
            scaled = (own - own.mean(0)) / np.sqrt(((own - own.mean(0)) ** 2).mean())
            odd, label = np.tile(np.arange(count) % 2, 2).astype(bool), np.repeat([True, False], count)
            folds = [LogisticRegression(max_iter=1000).fit(scaled[one], label[one]) for one in (odd, ~odd)]
            held_out = [(scaled[one], label[one]) for one in (~odd, odd)]
            right[layer, head] = sum(fold.score(*half) for fold, half in zip(folds, held_out, strict=True))
            direction = own[:count].mean(0) - own[count:].mean(0)
            unit = direction / np.linalg.norm(direction)
            weight = model.loaded.module.get_submodule(PROJECTIONS["llama"].format(layer)).weight.detach()
            columns = weight.double().numpy().reshape(weight.shape[0], heads, -1)[:, head]
            shifts[layer, head] = columns @ ((own @ unit).std(ddof=1) * unit)
    best = sorted(right, key=lambda head: (-right[head], head))[:3]
    found = per_head(model, texts[:count], texts[count:], LAYERS, heads=3)
    assert {*found} == {layer for layer, _ in best}
    for layer, direction in found.items():
        expected = sum(shifts[one] for one in best if one[0] == layer)
        assert np.allclose(direction.numpy(), expected, atol=1e-4)


def test_a_vector_of_heads_says_its_site_and_steers_there() -> None:
    model = model_of("llama")
    vector = extract(model, PAIRS, "per_head", "all")
    assert vector.site == "attention output"
    assert len(vector.layers) == 1  # a twentieth of 16 heads
    steered = Intervention(vector, scale=15.0, positions="all")
    plain, moved = model.complete(["w3 w14"], [None, steered], max_new_tokens=4).arms
    assert plain[0].token_ids != moved[0].token_ids
    with pytest.raises(VectorError, match=r"apply it to model.at\('attention_output'\)"):
        model.at("block_output").complete(["w3"], [steered])


def test_elsewhere_than_at_the_attention_there_are_no_heads_to_move() -> None:
    with pytest.raises(VectorError, match=r"extract it from model.at\('attention_output'\)"):
        extract(model_of("llama").at("block_output"), PAIRS, "per_head")


def test_one_pair_has_none_held_out() -> None:
    with pytest.raises(VectorError, match="at least two pairs"):
        extract(model_of("llama"), PAIRS[:1], "per_head")


def test_where_a_norm_stands_behind_the_projection_no_map_is_found() -> None:
    """Gemma 2 adds what the norm behind its attention returns."""
    with pytest.raises(ModelError, match="no linear map behind 4 heads is found in block 0"):
        model_of("gemma2").head_states(["w3"], [0])


def test_blocks_without_heads_are_named() -> None:
    model = model_of("jamba")
    mixers = [n for n, block in enumerate(model.architecture.blocks) if "attention" not in block.kind]
    with pytest.raises(ModelError, match=f"block {mixers[0]} is state-space.*has no heads"):
        model.head_states(["w3"], mixers)
