from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import PromptError
from pytest_steering.models.running.batching import by_length, listed, pad_left, require_room, too_long

rows = st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=9), min_size=1, max_size=6)


@given(rows)
def test_every_token_stands_at_the_right_end_of_its_row_and_nothing_is_cut(ids: list[list[int]]) -> None:
    batch = pad_left(ids, 0, "cpu")
    assert (batch.rows, batch.columns) == (len(ids), max(map(len, ids)))
    for number, row in enumerate(ids):
        pad = batch.columns - len(row)
        assert batch.input_ids[number].tolist() == [0] * pad + row
        assert batch.attention_mask[number].tolist() == [0] * pad + [1] * len(row)
        assert batch.position_ids[number, pad:].tolist() == list(range(len(row)))
        assert (batch.pads[number], batch.prompt_lengths[number]) == (pad, len(row))


def test_tokens_after_the_prompt_are_told_apart() -> None:
    assert pad_left([[5, 6, 7]], 0, "cpu", [2]).prompt_lengths == (2,)


def test_ids_are_whole_numbers_on_the_device_asked_for() -> None:
    batch = pad_left([[5], [6, 7]], 0, "meta")
    assert batch.input_ids.dtype == torch.long
    assert batch.input_ids.device.type == batch.attention_mask.device.type == "meta"


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 9))
def test_batches_hold_every_prompt_once_longest_first(lengths: list[int], group: int) -> None:
    batches = list(by_length(lengths, group))
    order = [index for batch in batches for index in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[index] for index in order] == sorted(lengths, reverse=True)
    assert all(len(batch) == group for batch in batches[:-1])
    assert 1 <= len(batches[-1]) <= group


@given(st.lists(st.integers(1, 50), min_size=1), st.integers(0, 20), st.none() | st.integers(1, 50))
def test_a_prompt_is_too_long_when_it_and_its_answer_exceed_the_context(
    lengths: list[int], new: int, context: int | None
) -> None:
    expected = [i for i, length in enumerate(lengths) if context is not None and length + new > context]
    assert too_long(lengths, new, context) == expected
    if expected:
        with pytest.raises(PromptError, match=rf"^{len(expected)} of {len(lengths)} prompts do not fit"):
            require_room(lengths, new, context)
    else:
        require_room(lengths, new, context)


def test_where_the_answer_alone_fills_the_context_no_prompt_has_room() -> None:
    with pytest.raises(PromptError, match="a context of 8 holds prompts of 0 tokens, the longest has 3"):
        require_room([2, 3], 20, 8)


def test_many_indices_are_cut_short_and_counted() -> None:
    assert listed([1, 2]) == "1, 2"
    assert listed(range(13)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more"
