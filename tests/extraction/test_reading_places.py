"""Where states of pairs are read, held against plain indexing of every token's state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering.errors import DataError, VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.extraction.reading_places import place_again
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.vector import SteeringVector
from tests.near import assert_far, assert_near
from tests.tiny import tiny_model

# Texts of other lengths, answers of one to three tokens, so that each batch has pads.
PAIRS = [
    ContrastPair("w3 w4 w5 w40", "w3 w4 w5 w41 w42 w9", "a"),
    ContrastPair("w7 w8 w50 w51", "w7 w8 w61", "b"),
    ContrastPair("w9 w3 w3 w4 w50 w9 w1", "w9 w3 w3 w4 w62", "c"),
]
ANSWERS = [(3, 3), (2, 2), (4, 4)]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


def by_hand(model: SteerableModel, text: str, tokens: slice) -> torch.Tensor:
    return model.token_states([text], [2])[0][2][tokens].mean(0)


def expected(model: SteerableModel, slices: list[tuple[slice, slice]]) -> torch.Tensor:
    rows = [
        by_hand(model, pair.positive, one) - by_hand(model, pair.negative, other)
        for pair, (one, other) in zip(PAIRS, slices, strict=True)
    ]
    return torch.stack(rows).mean(0)


def test_the_mean_over_the_answer_is_that_over_what_follows_the_shared_beginning(
    model: SteerableModel,
) -> None:
    vector = extract(model, PAIRS, layers=[2], at="answer_mean")
    slices = [(slice(one, None), slice(other, None)) for one, other in ANSWERS]
    assert_near(vector.directions[2], expected(model, slices))
    assert vector.provenance["position"] == "answer_mean"


def test_several_tokens_are_averaged_whoever_names_them(model: SteerableModel) -> None:
    by_name = extract(model, PAIRS, layers=[2], at="prompt[-2:]")
    by_function = extract(
        model, PAIRS, layers=[2], at=lambda ids: [n >= len(ids) - 2 for n in range(len(ids))]
    )
    assert_near(by_name.directions[2], expected(model, [(slice(-2, None), slice(-2, None))] * 3))
    assert torch.equal(by_name.directions[2], by_function.directions[2])


def test_a_marked_token_is_the_one_that_the_mark_ends_in_where_it_stands_last(model: SteerableModel) -> None:
    pairs = [ContrastPair("w3 w9 w3 w5 w6", "w8 w3 w7", "a")]
    vector = extract(model, pairs, layers=[2], at="marked:w3")
    one, other = by_hand(model, "w3 w9 w3 w5 w6", slice(2, 3)), by_hand(model, "w8 w3 w7", slice(1, 2))
    assert_near(vector.directions[2], one - other)


@pytest.mark.parametrize(
    "method", ["mean_difference", "whitened", "lda", "logistic", "pca_diff", "pca_center"]
)
def test_every_method_reads_where_it_is_told(model: SteerableModel, method: str) -> None:
    last = extract(model, PAIRS, method, layers=[2])
    answers = extract(model, PAIRS, method, layers=[2], at="answer_mean")
    assert_far(answers.directions[2], last.directions[2])


def test_the_last_token_is_read_as_ever(model: SteerableModel) -> None:
    vector = extract(model, PAIRS, layers=[2])
    assert vector.provenance["position"] == "last_prompt"
    assert vector == extract(model, PAIRS, layers=[2], at="last_prompt")


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("middle", "at='middle' is no place to read states: use 'last_prompt', 'answer_mean'"),
        (3, "at=3 is no place"),
        ("prompt + generated", "joins several places"),
        ("generated", "names no token of 'w3 w4 w5 w40'"),
        ("marked:w77", "the mark 'w77' does not stand in"),
        ("marked:", "the mark '' does not stand in"),
        ("marked:w", "ends within a token"),
        ("prompt[9]", "names no token of 'w3 w4 w5 w40'"),
    ],
)
def test_a_place_that_cannot_be_read_is_named(model: SteerableModel, at: Any, why: str) -> None:
    with pytest.raises(VectorError, match=why.replace("[", r"\[")):
        extract(model, PAIRS, layers=[2], at=at)


@pytest.mark.parametrize("pair", [("w3 w4", "w5 w4"), ("w3 w4", "w3 w4 w5")])
def test_a_pair_without_an_answer_of_both_is_named(model: SteerableModel, pair: tuple[str, str]) -> None:
    with pytest.raises(DataError, match="has none of the two; let both begin with the same prompt"):
        extract(model, [ContrastPair(*pair, "a")], layers=[2], at="answer_mean")


def test_a_text_whose_answer_begins_at_two_places_is_named(model: SteerableModel) -> None:
    twice = [ContrastPair("w3 w4 w5", "w3 w4 w6", "a"), ContrastPair("w3 w4 w5", "w3 w9", "b")]
    with pytest.raises(DataError, match="'w3 w4 w5' stands in several pairs"):
        extract(model, twice, layers=[2], at="answer_mean")


def test_where_a_vector_was_read_is_known_again(model: SteerableModel, tmp_path: Path) -> None:
    sides = [one.positive for one in PAIRS], [one.negative for one in PAIRS]
    chosen = extract(model, PAIRS, layers=[2], at=lambda ids: [True] * len(ids))
    chosen.save(tmp_path / "v.safetensors")
    loaded = SteeringVector.load(tmp_path / "v.safetensors")
    assert loaded == chosen
    assert len(loaded.provenance["position_source"]) == 16
    assert getattr(place_again(chosen, model, sides), "name", "").startswith("callable:")
    with pytest.raises(VectorError, match="its file does not hold the function"):
        place_again(loaded, model, sides)
    assert place_again(chosen + extract(model, PAIRS, layers=[2]), model, sides) == "last_prompt"
    answers = extract(model, PAIRS, layers=[2], at="answer_mean")
    assert getattr(place_again(replace(answers, method="x"), model, sides), "name", "") == "answer_mean"
