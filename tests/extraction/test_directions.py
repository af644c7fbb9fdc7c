from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import DataError, VectorError
from pytest_steering.extraction.directions import extract, of_pairs, samples_hash
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

PAIRS = [ContrastPair("careful " + "x" * n, "plain " + "x" * n, f"s{n}") for n in range(8)]


class LengthReader:
    """States are made of the prompt alone: whether it is careful, and its squared length."""

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str, position: str
    ) -> dict[int, Tensor]:
        import torch

        assert position == "last_prompt"
        wanted = range(2) if isinstance(layers, str) else layers
        rows = [[float(prompt.startswith("careful")), float(len(prompt) ** 2)] for prompt in prompts]
        return {layer: torch.tensor(rows) * (layer + 1) for layer in wanted}

    def vector_provenance(self) -> Mapping[str, str]:
        return {"model": "reader"}


def test_the_direction_is_the_mean_difference_of_the_two_sides() -> None:
    vector = extract(LengthReader(), PAIRS)
    assert {layer: direction.tolist() for layer, direction in vector.directions.items()} == {
        0: [1.0, 42.0],
        1: [2.0, 84.0],
    }


def test_a_direction_says_which_samples_it_was_made_from() -> None:
    vector = extract(LengthReader(), PAIRS)
    assert vector.provenance["samples"] == samples_hash(list(reversed(PAIRS)))
    assert samples_hash(PAIRS) != samples_hash(PAIRS[1:])


def test_an_unknown_method_is_named() -> None:
    said = r"method 'pca_dif' is not known; did you mean 'pca_diff'\? known are .* under @extraction_method"
    with pytest.raises(VectorError, match=said):
        extract(LengthReader(), PAIRS, method="pca_dif")


def test_a_vector_that_is_given_its_pairs_was_read_from_them_and_stays_as_unknown_as_it_was() -> None:
    by_hand = SteeringVector(extract(LengthReader(), PAIRS).directions)
    told = of_pairs(by_hand, PAIRS)
    assert told.sources.read.whole == {prompt for pair in PAIRS for prompt in (pair.positive, pair.negative)}
    assert not told.sources.known, "whoever gives the pairs need not have made it"
    assert of_pairs(extract(LengthReader(), PAIRS), PAIRS).sources.known


def test_a_sum_may_be_given_pairs_and_another_vector_only_its_own() -> None:
    one, other = extract(LengthReader(), PAIRS), extract(LengthReader(), PAIRS[1:])
    assert len(of_pairs(one + other, PAIRS).pairs) == len(PAIRS)
    with pytest.raises(DataError, match="give its own"):
        of_pairs(one, PAIRS[1:])
