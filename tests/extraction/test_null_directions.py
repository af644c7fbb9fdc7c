from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
import torch
from torch import Tensor

from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.drawn_directions import isotropic_directions, matched_directions
from pytest_steering.extraction.null_directions import half_directions, shuffled_directions
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.extraction.states_at_hand import StatesAtHand
from tests.extraction.test_directions import PAIRS, LengthReader

PROMPTS = [prompt for pair in PAIRS for prompt in (pair.positive, pair.negative)]
VECTOR = extract(LengthReader(), PAIRS, layers=[0, 1])


def unit(direction: Tensor) -> list[float]:
    return [round(float(one), 5) for one in direction / direction.norm()]


def test_every_null_direction_is_as_long_as_the_vector_and_none_is_another() -> None:
    reader = StatesAtHand(LengthReader(), PROMPTS, [0, 1])
    drawn = [
        *isotropic_directions(VECTOR, 4, 0),
        *matched_directions(reader.hidden_states(PROMPTS, [0, 1]), VECTOR, 4, 0),
        *half_directions(reader, PROMPTS, VECTOR, 4, 0),
        *shuffled_directions(reader, PAIRS, [[True, False] * 4], VECTOR),
    ]
    for one in drawn:
        assert one.layers == (0, 1)
        assert one.norms == pytest.approx(VECTOR.norms)
    assert len({tuple(unit(one.directions[0])) for one in drawn}) == len(drawn)


def test_what_labels_said_is_gone_where_half_of_them_are_wrong() -> None:
    (found,) = shuffled_directions(LengthReader(), PAIRS, [[True, False] * 4], VECTOR)
    assert found.directions[1][0] == 0.0
    assert found.method == "shuffled:0"


def test_halves_ask_each_prompt_once() -> None:
    asked: list[tuple[list[str], list[str]]] = []

    class Noted(LengthReader):
        def mean_states(
            self, groups: Sequence[Sequence[str]], layers: Sequence[int], _position: str
        ) -> dict[int, Tensor]:
            asked.append((list(groups[0]), list(groups[1])))
            return {layer: torch.tensor([[1.0, len(asked)], [0.0, 0.0]]) for layer in layers}

    half_directions(Noted(), PROMPTS, VECTOR, 3, 0)
    assert [sorted(one + other) for one, other in asked] == [sorted(PROMPTS)] * 3
    assert [len(one) for one, _ in asked] == [8] * 3
    assert all(one != other for one, other in combinations([first for first, _ in asked], 2))


def test_a_direction_between_prompts_has_them_behind_it_and_those_of_the_vector_whose_length_it_has() -> None:
    vector = extract(LengthReader(), PAIRS[:4])
    prompts = [prompt for pair in PAIRS for prompt in (pair.positive, pair.negative)]
    (half,) = half_directions(LengthReader(), prompts, vector, 1, seed=0)
    assert half.sources.known
    assert half.sources.read.whole == set(prompts)


def test_sides_whose_means_are_alike_have_no_direction_and_add_nothing() -> None:
    alike = [ContrastPair("careful xx", "plain xx", "a"), ContrastPair("careful xx.", "plain xx.", "b")]

    class Careful(LengthReader):
        def hidden_states(
            self, prompts: Sequence[str], layers: Sequence[int] | str, position: str
        ) -> dict[int, Tensor]:
            states = super().hidden_states(prompts, layers, position)
            return {layer: state[:, :1] for layer, state in states.items()}

    vector = extract(Careful(), alike, layers=[0, 1])
    (found,) = shuffled_directions(Careful(), alike, [[True, False]], vector)
    assert found.norms == {0: 0.0, 1: 0.0}
    (true,) = shuffled_directions(Careful(), alike, [[False, False]], vector)
    assert true.norms == pytest.approx(vector.norms)
