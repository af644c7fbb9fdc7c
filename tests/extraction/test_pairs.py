from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair, require_pairs, shuffled_sides

PAIRS = [ContrastPair(f"careful {number}", f"plain {number}", f"s{number}") for number in range(40)]


def test_no_pairs_are_refused() -> None:
    with pytest.raises(DataError, match="no contrast pairs"):
        require_pairs([])


def test_a_pair_of_equal_prompts_is_named() -> None:
    with pytest.raises(DataError, match="1 of 2 contrast pairs have two equal prompts, such as 'same'"):
        require_pairs([PAIRS[0], ContrastPair("a", "a", "same")])


@given(seed=st.integers(0, 10_000))
def test_shuffled_sides_hold_every_prompt_once(seed: int) -> None:
    positive, negative = shuffled_sides(PAIRS, seed)
    assert len(positive) == len(negative) == len(PAIRS)
    assert sorted([*positive, *negative]) == sorted(
        p for pair in PAIRS for p in (pair.positive, pair.negative)
    )


def test_shuffled_sides_hold_half_of_each_label_and_repeat_with_their_seed() -> None:
    positive, _ = shuffled_sides(PAIRS, seed=3)
    assert sum(prompt.startswith("careful") for prompt in positive) == len(PAIRS) // 2
    assert positive == shuffled_sides(PAIRS, seed=3)[0] != shuffled_sides(PAIRS, seed=4)[0]
