"""Where a block's output holds the state, and that writing it back leaves the rest alone."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.residual import StatePlace, merged
from pytest_steering.models.finding.state_shapes import find_states, shapes
from tests.near import assert_near

B, S, H, N = 2, 7, 24, 3
Pair = namedtuple("Pair", "extra state")


def place_of(output: Any) -> StatePlace:
    return find_states(output, B, S, H)[0]


STORED = {
    "tensor": (B, S, H),
    "tensor, sequence first": (S, B, H),
    "tensor, 3 streams": (B, S, N, H),
    "tensor, 3 streams first": (N, B, S, H),
    "tensor, 3 streams one after the other": (B, N * S, H),
    "tensor, 3 streams side by side": (B, S, N * H),
    "tensor, 5 columns ahead": (B, S + 5, H),
}


@pytest.mark.parametrize(("words", "shape"), STORED.items(), ids=[*STORED])
def test_a_state_is_told_from_its_shape_in_words(words: str, shape: tuple[int, ...]) -> None:
    assert str(place_of(torch.zeros(shape))) == words


@pytest.mark.parametrize("shape", STORED.values(), ids=[*STORED])
def test_every_form_is_read_with_batch_and_sequence_in_front(shape: tuple[int, ...]) -> None:
    state = place_of(torch.zeros(shape)).read(torch.randn(shape))
    assert state.shape[:2] == (B, S)
    assert merged(state).shape == (B, S, H)


@given(st.sampled_from(sorted(STORED)), st.integers(0, 2**16))
def test_what_was_read_can_be_written_back_bit_for_bit(form: str, seed: int) -> None:
    stored = torch.randn(STORED[form], generator=torch.Generator().manual_seed(seed))
    place = place_of(stored)
    assert torch.equal(place.write(stored, place.read(stored)), stored)


@pytest.mark.parametrize("shape", STORED.values(), ids=[*STORED])
def test_what_is_added_to_every_stream_is_read_as_that_much_more(shape: tuple[int, ...]) -> None:
    stored = torch.randn(shape)
    place, delta = place_of(stored), torch.randn(H)
    steered = place.write(stored, place.read(stored) + delta)
    assert_near(merged(place.read(steered)), merged(place.read(stored)) + delta, blocks=1)


def containers(state: Tensor) -> dict[str, Any]:
    return {
        "tuple[0]": (state, None),
        "tuple[1]": (torch.zeros(B, S), state),
        "list[0]": [state, "rest"],
        "Pair[1]": Pair(None, state),
        "BaseModelOutput[last_hidden_state]": BaseModelOutput(last_hidden_state=state),
    }


@pytest.mark.parametrize("words", [*containers(torch.zeros(1))])
def test_a_container_is_handed_on_as_it_came_with_the_state_replaced(words: str) -> None:
    output = containers(torch.zeros(B, S, H))[words]
    place = place_of(output)
    written = place.write(output, torch.ones(B, S, H))
    assert str(place) == words
    assert type(written) is type(output)
    assert torch.equal(place.read(written), torch.ones(B, S, H))
    assert torch.equal(place.read(output), torch.zeros(B, S, H)), "the block's own output is not changed"


def test_other_tensors_are_not_taken_for_a_state() -> None:
    assert not find_states((torch.zeros(B, S), torch.zeros(B, 4, S, S), None), B, S, H)
    assert shapes((torch.zeros(B, S), None)) == [(B, S)]


def test_a_block_that_returns_another_form_later_is_an_error_that_names_both() -> None:
    with pytest.raises(ModelError, match=r"returned Tensor \[2, 7, 24\] where its state \(tuple\[0\]\)"):
        place_of((torch.zeros(B, S, H), None)).read(torch.zeros(B, S, H))
