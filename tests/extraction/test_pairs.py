from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair, require_pairs, with_exchanged

PAIRS = [ContrastPair(f"careful {number}", f"plain {number}", f"s{number}") for number in range(40)]


def test_no_pairs_are_refused() -> None:
    with pytest.raises(DataError, match="no contrast pairs"):
        require_pairs([])


def test_a_pair_of_equal_prompts_is_named() -> None:
    with pytest.raises(DataError, match="1 of 2 contrast pairs have two equal prompts, such as 'same'"):
        require_pairs([PAIRS[0], ContrastPair("a", "a", "same")])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([("kind", "harsh")], "1 of 1 contrast pairs are something else, such as tuple"),
        ([PAIRS[0], {"positive": "a", "negative": "b"}], "1 of 2 contrast pairs .* such as dict"),
        ("pairs.jsonl", "found str"),
        (None, "found NoneType"),
    ],
)
def test_what_is_no_contrast_pair_is_named(given: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        require_pairs(given)


def test_pairs_that_exchange_their_sides_are_the_named_ones_alone() -> None:
    positive, negative = with_exchanged(PAIRS[:3], [False, True, False])
    assert positive == ["careful 0", "plain 1", "careful 2"]
    assert negative == ["plain 0", "careful 1", "plain 2"]
