"""Steering of code that a user wrote, held against plain PyTorch hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import InterventionError, VectorError
from pytest_steering.models.proving.fingerprint import count_hooks
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import BLOCK_PATHS, PROMPTS, random_vector

LAYERS = (1, 3)
ARM = Intervention(random_vector(LAYERS), scale=5.0)
SECOND = Intervention(random_vector((2, 3), seed=1), scale=4.0)
POSITIONS = [
    "last",
    "all",
    "prompt",
    "generated",
    "last_prompt",
    "prompt[1:3]",
    "generated[:2]",
    "all - prompt[:1]",
]


def inputs(model: SteerableModel, side: str = "left") -> dict[str, Tensor]:
    """The prompts as a user's own code gives them to the model, padded on one side."""
    rows = model.tokens(PROMPTS)
    width = max(map(len, rows))
    pads = [[0] * (width - len(row)) for row in rows]
    ids = [pad + row if side == "left" else row + pad for pad, row in zip(pads, rows, strict=True)]
    mask = [
        [0] * len(pad) + [1] * len(row) if side == "left" else [1] * len(row) + [0] * len(pad)
        for pad, row in zip(pads, rows, strict=True)
    ]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


@contextmanager
def plain_hooks(model: SteerableModel, arm: Intervention, cells: Callable[[Tensor], Any]) -> Iterator[None]:
    """Add an intervention's deltas to the cells of each block's output, by hooks of torch alone."""
    blocks = model.loaded.module.get_submodule(BLOCK_PATHS[model.architecture.family])

    def adding(layer: int) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: Any) -> Any:
            state = (output[0] if isinstance(output, tuple) else output).clone()
            state[cells(state)] += arm.vector.directions[layer] * (arm.scale / len(arm.at))
            return (state, *output[1:]) if isinstance(output, tuple) else state

        return hook

    handles = [blocks[layer].register_forward_hook(adding(layer)) for layer in arm.at]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def newest(state: Tensor) -> Any:
    return slice(None), -1


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_newest_token_of_each_row_is_steered_whichever_side_is_padded(
    model: SteerableModel, side: str
) -> None:
    hf, given = model.loaded.module, inputs(model, side)
    last = (given["attention_mask"] * torch.arange(given["input_ids"].shape[1])).argmax(1)
    with torch.no_grad(), plain_hooks(model, ARM, lambda _state: (torch.arange(len(last)), last)):
        expected = hf(**given).logits
    with torch.no_grad(), model.steering(ARM) as seen:
        assert hf(**given).logits.equal(expected)
    assert (seen.passes, seen.steered_tokens) == (1, len(PROMPTS) * len(LAYERS))


def test_without_a_mask_each_row_ends_at_its_last_column(model: SteerableModel) -> None:
    hf, ids = model.loaded.module, torch.tensor([[3, 4, 5], [9, 8, 7]])
    with torch.no_grad(), plain_hooks(model, ARM, newest):
        expected = hf(ids).logits
    with torch.no_grad(), model.steering(ARM):
        assert hf(ids).logits.equal(expected)


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("family", ["starcoder", "qwen2"])
def test_generate_writes_what_the_models_own_method_writes(
    model_of: ModelOf, family: str, positions: str, cached: bool
) -> None:
    model = model_of(family)
    arm = Intervention(random_vector(LAYERS), scale=5.0, positions=positions)
    expected = model.complete(PROMPTS, [arm], max_new_tokens=5).arms[0]
    given = inputs(model)
    with model.steering(arm):
        rows = model.loaded.module.generate(**given, max_new_tokens=5, do_sample=False, use_cache=cached)
    new = rows[:, given["input_ids"].shape[1] :].tolist()
    for row, done in zip(new, expected, strict=True):
        assert tuple(row[: len(done.token_ids)]) == done.token_ids


def test_a_loop_of_ones_own_over_a_cache_steers_each_token_that_it_feeds(model: SteerableModel) -> None:
    hf, given = model.loaded.module, inputs(model)

    @torch.no_grad()
    def loop() -> Tensor:
        mask = given["attention_mask"]
        done = hf(**given, use_cache=True)
        logits = [done.logits[:, -1]]
        for _step in range(3):
            mask = torch.cat([mask, torch.ones(len(mask), 1, dtype=mask.dtype)], 1)
            done = hf(
                logits[-1].argmax(-1)[:, None], attention_mask=mask, past_key_values=done.past_key_values
            )
            logits.append(done.logits[:, -1])
        return torch.stack(logits)

    with plain_hooks(model, ARM, newest):
        expected = loop()
    with model.steering(ARM) as seen:
        assert loop().equal(expected)
    assert seen.passes == 4


@pytest.mark.parametrize("options", [{"num_beams": 3}, {"num_return_sequences": 2, "num_beams": 2}])
def test_beams_are_steered_as_plain_hooks_steer_them(model_of: ModelOf, options: dict[str, int]) -> None:
    model = model_of("qwen2")
    more = {**inputs(model), "max_new_tokens": 5, "do_sample": False, **options}
    with plain_hooks(model, ARM, newest):
        expected = model.loaded.module.generate(**more)
    with model.steering(ARM):
        assert model.loaded.module.generate(**more).equal(expected)


def test_embeddings_can_be_given_for_tokens(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    hf, given = model.loaded.module, inputs(model)
    embedded = hf.get_input_embeddings()(given["input_ids"]).detach()
    with torch.no_grad(), model.steering(ARM):
        expected = hf(**given).logits
        found = hf(inputs_embeds=embedded, attention_mask=given["attention_mask"]).logits
    assert found.equal(expected)


def test_the_inner_of_two_blocks_is_given_what_the_outer_made(model: SteerableModel) -> None:
    hf, given = model.loaded.module, inputs(model)
    with torch.no_grad(), plain_hooks(model, ARM, newest), plain_hooks(model, SECOND, newest):
        expected = hf(**given).logits
    with torch.no_grad(), model.steering(ARM):
        with model.steering(SECOND):
            assert hf(**given).logits.equal(expected)
        with plain_hooks(model, SECOND, newest):
            assert hf(**given).logits.equal(expected)
    with torch.no_grad(), model.steering(ARM, SECOND):
        assert hf(**given).logits.equal(expected)


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_after_a_block_and_after_an_error_in_it_nothing_is_left(model_of: ModelOf, engine: str) -> None:
    model = model_of("qwen2", engine)
    hf, given = model.loaded.module, inputs(model)
    with torch.no_grad():
        plain, hooks = hf(**given).logits, count_hooks(hf)
    with torch.no_grad(), model.steering(ARM):
        assert not hf(**given).logits.equal(plain)
    with pytest.raises(IndexError), model.steering(ARM), model.steering(SECOND):
        hf(given["input_ids"] + 1000)
    with torch.no_grad():
        assert hf(**given).logits.equal(plain)
    assert (count_hooks(hf), "generate" in vars(hf)) == (hooks, False)
    assert model.generate(PROMPTS[:1], max_new_tokens=1)


def test_a_block_in_which_the_model_does_not_run_says_so(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    with pytest.raises(InterventionError, match="did not run within"), model.steering(ARM):
        pass
    generated = Intervention(random_vector(LAYERS), positions="generated")
    unread = "none of them reads a token at positions 'generated'"
    with pytest.raises(InterventionError, match=unread), model.steering(generated):
        model.loaded.module(**inputs(model))


def test_an_error_of_the_users_is_not_hidden_by_one_of_ours(model_of: ModelOf) -> None:
    with pytest.raises(ZeroDivisionError), model_of("qwen2").steering(ARM):
        1 / 0  # noqa: B018 - raises


def test_a_part_of_the_model_cannot_be_run_within_a_block(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    with pytest.raises(InterventionError, match="outside of a pass of the whole model"), model.steering(ARM):
        model.loaded.module.model(**inputs(model))


@pytest.mark.parametrize("call", ["generate", "hidden_states", "overlong"])
def test_the_holders_own_methods_are_refused_within_a_block(model_of: ModelOf, call: str) -> None:
    model = model_of("qwen2")
    with model.steering(ARM):
        model.loaded.module(**inputs(model))
        if call == "overlong":
            assert model.overlong(PROMPTS, 1) == {}
        else:
            with pytest.raises(InterventionError, match="only your own code runs the model"):
                getattr(model, call)(PROMPTS)


def test_what_cannot_be_followed_is_refused_by_name(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    hf, given = model.loaded.module, inputs(model)
    chosen = Intervention(random_vector(LAYERS), positions=lambda ids: [True] * len(ids))
    with pytest.raises(VectorError, match="reads all tokens of a row"), model.steering(chosen):
        pass
    gap = torch.tensor([[1, 0, 1]])
    with pytest.raises(InterventionError, match="row 0 has a gap"), model.steering(ARM):
        hf(torch.tensor([[3, 4, 5]]), attention_mask=gap)
    four = torch.zeros(1, 1, 3, 3)
    with pytest.raises(InterventionError, match="pads cannot be told"), model.steering(ARM):
        hf(torch.tensor([[3, 4, 5]]), attention_mask=four)
    with pytest.raises(InterventionError, match="in pieces"), model.steering(ARM):
        hf.generate(**given, max_new_tokens=2, prefill_chunk_size=3)


def test_an_unsteered_block_runs_the_model_as_it_is(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    with torch.no_grad():
        plain = model.loaded.module(**inputs(model)).logits
        with model.steering(None) as seen:
            assert model.loaded.module(**inputs(model)).logits.equal(plain)
    assert (seen.passes, seen.steered_tokens) == (1, 0)


def test_an_ablation_goes_to_the_outer_block(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    ablation = Intervention(random_vector(LAYERS), operation="ablate")
    with model.steering(ablation, ARM):
        model.loaded.module(**inputs(model))
    said = r"model.steering\(first, second\)"
    with model.steering(ARM):
        model.loaded.module(**inputs(model))
        with pytest.raises(InterventionError, match=said), model.steering(ablation):
            pass
