"""What attention and MLP add is found by what it adds up to and by what it reads, whatever it is called."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.architecture import detect_architecture
from pytest_steering.models.finding.parts_of_blocks import parts_of_blocks
from pytest_steering.models.proving.fingerprint import count_hooks
from tools.census.build import build
from tools.census.tiny_sizes import TINY

ADDED = {
    "llama": ("self_attn", "mlp"),
    "gpt2": ("attn", "mlp"),
    "starcoder2": ("self_attn", "mlp"),
    "gpt_neox": ("attention", "mlp"),  # both read the block's input
    "falcon": ("self_attention", "mlp"),  # the MLP's output is added to in place
    "bloom": ("self_attention.dense", "mlp.dense_4h_to_h"),  # the modules around them return the sum
    "gemma2": ("post_attention_layernorm", "post_feedforward_layernorm"),  # what is added is normalised
    "mixtral": ("self_attn", "mlp"),
    "jamba": ("mamba", "feed_forward"),
}


def found_in(model: Any) -> list[tuple[str, str]]:
    architecture = detect_architecture(model)
    parts = parts_of_blocks(model, architecture)
    paths = [block.path + "." for block in architecture.blocks]
    return [
        (one.attention.path.removeprefix(path), one.mlp.path.removeprefix(path))
        for path, one in zip(paths, parts, strict=True)
    ]


@pytest.mark.parametrize("model_type", ADDED)
def test_what_is_added_is_found(model_type: str) -> None:
    assert found_in(build(model_type))[0] == ADDED[model_type]


class _Turned(nn.Module):
    """A block of llama's parts, in another order and under names that say nothing."""

    def __init__(self, block: Any, *parts: str) -> None:
        super().__init__()
        self.norms = nn.ModuleList([block.input_layernorm, block.post_attention_layernorm])
        self.parts = nn.ModuleList([getattr(block, part) for part in parts])

    def forward(self, hidden_states: Tensor, **kwargs: Any) -> Tensor:
        for norm, part in zip(self.norms, self.parts, strict=True):
            attends = hasattr(part, "q_proj")
            given = norm(hidden_states)
            added = part(hidden_states=given, **kwargs)[0] if attends else part(given)
            hidden_states = hidden_states + added
        return hidden_states


def turned(*parts: str) -> Any:
    model = build("llama")
    for number, block in enumerate(model.model.layers):
        model.model.layers[number] = _Turned(block, *parts)
    return model


def test_an_mlp_that_runs_before_the_attention_is_told_by_what_it_reads() -> None:
    assert set(found_in(turned("mlp", "self_attn"))) == {("parts.1", "parts.0")}


def test_a_block_without_what_reads_other_tokens_has_no_attention() -> None:
    model = turned("mlp", "mlp")
    for block, other in zip(model.model.layers, build("llama").model.layers, strict=True):
        block.parts[1] = other.mlp.apply(_drawn_anew)
    with pytest.raises(ModelError, match=r"parts.1 return, and none of them reads other tokens"):
        found_in(model)


def test_two_that_read_other_tokens_cannot_be_told_apart() -> None:
    model = turned("self_attn", "self_attn")
    for block, other in zip(model.model.layers, build("llama").model.layers, strict=True):
        block.parts[1] = other.self_attn.apply(_drawn_anew)
    with pytest.raises(ModelError, match="each of them reads other tokens"):
        found_in(model)


def _drawn_anew(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.1)


@pytest.mark.parametrize("model_type", ["opt", "bert", "mamba"])
def test_a_block_that_is_no_such_sum_is_refused_by_name(model_type: str) -> None:
    with pytest.raises(ModelError, match="the output of block 0 is not its input plus what two"):
        found_in(build(model_type))


def test_what_is_scaled_by_a_number_that_the_block_holds_is_found() -> None:
    model = build("granite", {**TINY, "residual_multiplier": 0.22})
    assert found_in(model)[0] == ("self_attn", "mlp")


def test_a_branch_that_is_scaled_by_anything_else_is_not_taken_for_what_is_added() -> None:
    model = build("granite")
    for block in model.model.layers:
        block.residual_multiplier = torch.tensor(0.5)
    with pytest.raises(ModelError, match="scale each in its own way"):
        found_in(model)


def test_no_hook_is_left() -> None:
    model = build("llama")
    architecture = detect_architecture(model)
    before = count_hooks(model)
    parts_of_blocks(model, architecture)
    assert count_hooks(model) == before


def test_low_precision_changes_nothing() -> None:
    assert found_in(build("mixtral").to(torch.bfloat16))[0] == ADDED["mixtral"]
