"""The bound on rounding holds whatever rounds, and no fault fits beneath it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.models.rounding import parted, rounding
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.near import assert_far, assert_near
from tests.tiny import FAMILIES, LAYERS, PROMPTS, random_vector, tiny_model

EACH_FAMILY = pytest.mark.parametrize("family", FAMILIES)


def states_of(module: Any, rows: Sequence[Sequence[int]]) -> Tensor:
    """The states after all blocks but the last at each prompt's last token: [prompts, blocks, hidden]."""
    with torch.no_grad():
        listed = [
            module(input_ids=torch.tensor([row]), output_hidden_states=True).hidden_states for row in rows
        ]
    return torch.stack([torch.stack([state[0, -1] for state in states[1:-1]]) for states in listed])


@EACH_FAMILY
@pytest.mark.parametrize("seed", range(4))
def test_what_float32_rounds_off_takes_less_than_half_of_the_bound(family: str, seed: int) -> None:
    model = tiny_model(family, seed=seed)
    rows, module = model.tokens(PROMPTS), model.loaded.module
    found, exact = states_of(module, rows), states_of(copy.deepcopy(module).double(), rows)
    for block in range(LAYERS - 1):
        assert parted(found[:, block], exact[:, block]) < rounding(torch.float32, block + 1) / 2


def test_another_rounding_of_a_number_near_zero_is_no_fault() -> None:
    state = torch.tensor([[3.0, -4.0, 0.03, 0.0]])
    moved = state + torch.tensor([[0.0, 0.0, 1.4e-5, 1e-6]])
    assert not torch.allclose(moved, state, atol=1e-5, rtol=1e-4)
    assert_near(moved, state, blocks=3)


@EACH_FAMILY
def test_a_state_of_the_next_block_or_token_is_a_fault(model_of: ModelOf, family: str) -> None:
    model = model_of(family)
    states = model.hidden_states(PROMPTS, "all")
    for block in range(LAYERS - 1):
        assert_far(states[block + 1], states[block])
    prompts = [prompt for prompt in PROMPTS if " " in prompt]
    assert_far(model.hidden_states(prompts, [2], "prompt[-2]")[2], model.hidden_states(prompts, [2])[2])


@EACH_FAMILY
def test_a_pad_that_is_attended_to_is_a_fault(model_of: ModelOf, family: str) -> None:
    module, rows = model_of(family).loaded.module, model_of(family).tokens(PROMPTS)
    assert_far(states_of(module, [[0, *row] for row in rows]), states_of(module, rows))


@EACH_FAMILY
def test_a_vector_that_is_added_one_token_early_is_a_fault(model_of: ModelOf, family: str) -> None:
    model, (prompt,) = model_of(family), PROMPTS[2:3]

    def scores(positions: str) -> Tensor:
        arm = Intervention(random_vector(), scale=3.0, positions=positions)
        return model.choice_logprobs([prompt], ["w3", "w50", "w70"], [arm])[0]

    assert_near(scores("last_prompt"), scores("prompt[-1]"))
    assert_far(scores("prompt[-2]"), scores("prompt[-1]"))


@EACH_FAMILY
def test_a_state_that_was_kept_in_sixteen_bits_is_a_fault(model_of: ModelOf, family: str) -> None:
    for states in model_of(family).hidden_states(PROMPTS, "all").values():
        assert_far(states.bfloat16().float(), states)


def test_the_bound_grows_with_what_a_dtype_rounds_off_and_with_the_blocks() -> None:
    assert rounding(torch.float32, 6) == 6 * rounding(torch.float32, 1)
    assert rounding(torch.float16, 1) == 2**13 * rounding(torch.float32, 1)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([[3.0, 4.0], [0.0, 1.0]], [[3.0, 4.0], [0.0, 2.0]], 0.5),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([1e-9, 0.0], [0.0, 0.0], float("inf")),
        ([float("nan"), 1.0], [1.0, 1.0], float("inf")),
    ],
)
def test_rows_part_by_the_largest_share_of_their_norm(one: Any, other: Any, expected: float) -> None:
    assert parted(torch.tensor(one), torch.tensor(other)) == expected
