from __future__ import annotations

import pytest
import torch

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.trace import Forward, Trace
from pytest_steering.models.running.batching import pad_left
from pytest_steering.steering.intervention import Intervention
from tests.tiny import HIDDEN, random_vector

ROWS = [[5, 6, 7], [8]]


def session_of(positions: object = "last", stop: int = 1) -> EditSession:
    arms = [
        Intervention(random_vector((0, 2)), positions=positions),  # type: ignore[arg-type]
        Intervention(random_vector((2,), seed=1), positions=positions),  # type: ignore[arg-type]
    ]
    return EditSession(pad_left(ROWS, 0, "cpu"), arms, frozenset([stop]))


def feed(session: EditSession, ids: list[list[int]]) -> None:
    session.begin_forward(torch.tensor(ids))
    for layer in session.layers:
        session.edit(layer, torch.zeros(len(ids), len(ids[0]), HIDDEN))


def test_expected_tokens_are_numbered_without_pads_and_listed_by_pass_layer_and_row() -> None:
    session = session_of("all - prompt[:1]")
    feed(session, [[5, 6, 7], [0, 0, 8]])
    feed(session, [[9], [9]])
    assert session.trace.expected == [
        {0: {0: [1, 2]}, 2: {0: [1, 2], 1: []}},
        {0: {0: [3]}, 2: {0: [3], 1: [1]}},
    ]
    session.trace.verify(4)
    assert session.trace.steered_tokens == 2 + 2 + 1 + 1 + 1


def test_a_row_that_was_fed_its_stop_token_is_left_alone_from_then_on() -> None:
    session = session_of()
    feed(session, [[5, 6, 7], [0, 0, 8]])
    for ids in ([[9], [1]], [[9], [0]], [[9], [9]]):
        feed(session, ids)
    assert [forward[2][1] for forward in session.trace.expected] == [[0], [], [], []]
    assert [forward[2][0] for forward in session.trace.expected] == [[2], [3], [4], [5]]


def test_a_prompt_read_in_chunks_is_steered_as_if_read_at_once() -> None:
    whole, chunked = session_of("prompt"), session_of("prompt")
    feed(whole, [[5, 6, 7], [0, 0, 8]])
    feed(chunked, [[5, 6], [0, 0]])
    feed(chunked, [[7], [8]])
    feed(chunked, [[9], [9]])
    assert [forward[2] for forward in chunked.trace.expected] == [
        {0: [0, 1], 1: []},
        {0: [2], 1: [0]},
        {0: [], 1: []},
    ]
    assert whole.trace.expected[0][2] == {0: [0, 1, 2], 1: [0]}


def test_without_a_cache_each_pass_steers_the_generated_tokens_again() -> None:
    session = session_of("generated")
    feed(session, [[5, 6, 7], [0, 0, 8]])
    feed(session, [[5, 6, 7, 9], [0, 0, 8, 9]])
    feed(session, [[5, 6, 7, 9, 9], [0, 0, 8, 9, 9]])
    assert [forward[0] for forward in session.trace.expected] == [{0: []}, {0: [3]}, {0: [3, 4]}]


def test_the_input_state_is_never_changed_in_place() -> None:
    session, state = session_of("all"), torch.zeros(2, 3, HIDDEN)
    session.begin_forward(torch.tensor([[5, 6, 7], [0, 0, 8]]))
    edited = session.edit(2, state)
    assert not state.any()
    assert edited[0].any(-1).tolist() == [True, True, True]
    assert edited[1].any(-1).tolist() == [False, False, True]


def test_the_delta_takes_the_dtype_of_the_state() -> None:
    session = session_of()
    session.begin_forward(torch.tensor([[5, 6, 7], [0, 0, 8]]))
    assert session.edit(0, torch.zeros(2, 3, HIDDEN, dtype=torch.bfloat16)).dtype == torch.bfloat16


def test_the_sentence_names_the_pass_the_layer_and_the_rows() -> None:
    trace = Trace([Forward(0, 3, {1: {0: [2], 4: [1]}}, {1: {0: [2], 4: [2]}})])
    with pytest.raises(
        InterventionError, match=r"forward pass 0 \(columns 0 to 2\): layer 1 .*other tokens .* rows \[4\]"
    ):
        trace.verify(3)


def test_a_row_steered_though_none_was_asked_is_a_difference() -> None:
    trace = Trace([Forward(0, 3, {1: {0: [2]}}, {1: {0: [2], 1: [2]}})])
    with pytest.raises(InterventionError, match=r"rows \[1\]"):
        trace.verify(3)


def test_a_layer_that_had_nothing_to_steer_need_not_run() -> None:
    Trace([Forward(0, 3, {1: {0: []}}, {})]).verify(3)


def test_columns_that_nobody_saw_are_a_difference() -> None:
    with pytest.raises(InterventionError, match="5 columns were to be read under steering, but 3 were seen"):
        Trace([Forward(0, 3, {})]).verify(5)
