"""What other architectures share, and that it changes no token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.tiny import random_vector
from tools.census.build import build, tiny_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

WAYS = {
    "llama": "tree",
    "gpt2": "tree",
    "gpt_neox": "tree",
    "opt": "tree",
    "bloom": "copies",
    "mpt": "copies",
    "mixtral": "copies",
    "mamba": "none",
    "falcon_h1": "none",
    "recurrent_gemma": "none",
}
"""ALiBi takes no mask of ours; experts mix the rows' last bits; a state space has no keys and values."""


def prompts(count: int = 3) -> list[str]:
    return [" ".join(f"w{3 + (7 * n + 3 * k) % 40}" for k in range(4 + n)) for n in range(count)]


def ids_of(arms: Sequence[Sequence[object]]) -> list[list[object]]:
    return [[done.token_ids for done in arm] for arm in arms]  # type: ignore[attr-defined]


@pytest.mark.parametrize("model_type", WAYS)
def test_an_architecture_shares_what_it_can_and_writes_the_same_tokens(model_type: str) -> None:
    model = SteerableModel.wrap(build(model_type), tiny_tokenizer(), name=model_type)
    size = model.architecture.hidden_size
    drawn = [random_vector((0,), size, seed) for seed in (0, 1)]
    cells = [None, *(Intervention(vector, scale=scale) for vector in drawn for scale in (1.0, -2.0))]
    found = model.complete(prompts(), cells, max_new_tokens=4)
    expected = replace(model, sharing="none").complete(prompts(), cells, max_new_tokens=4)
    ties = {done.tied_at for arm in expected.arms for done in arm} - {None}
    assert ids_of(found.arms) == ids_of(expected.arms) or ties
    assert found.sharing.split(";")[0] == WAYS[model_type], found.sharing


BLOCKS = {
    "gpt2": "blocks",
    "gpt_neox": "blocks",
    "gemma3n_text": "blocks",
    "mixtral": "blocks",
    "bloom": "not blocks: ModelError: blocks hand on 1 more values beside their state",
    "hrm_text": "not blocks: blocks run several times in one pass",
    "mamba": "not blocks: logits are up to",
    "falcon_h1": "not blocks: IndexError",
}
"""Whether arms that steer whole prompts share the blocks below."""


@pytest.mark.parametrize("model_type", BLOCKS)
def test_an_architecture_shares_lower_blocks_or_says_why_not(model_type: str) -> None:
    model = SteerableModel.wrap(build(model_type), tiny_tokenizer(), name=model_type)
    size, top = model.architecture.hidden_size, model.architecture.num_layers - 1
    cells = [
        Intervention(random_vector((layer,), size, seed), scale=3.0, positions="all")
        for layer in (top - 1, top)
        for seed in range(4)
    ]
    found = model.complete(prompts(6), cells, max_new_tokens=4)
    expected = replace(model, sharing="none").complete(prompts(6), cells, max_new_tokens=4)
    ties = {done.tied_at for arm in expected.arms for done in arm} - {None}
    assert ids_of(found.arms) == ids_of(expected.arms) or ties
    assert found.sharing.split("; ")[-1].startswith(BLOCKS[model_type]), found.sharing
    assert bool(found.counts.block_rows) == (BLOCKS[model_type] == "blocks")
