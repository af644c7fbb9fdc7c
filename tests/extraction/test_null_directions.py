from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.null_directions import (
    half_directions,
    isotropic_directions,
    matched_directions,
    shuffled_directions,
)
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.extraction.shrinkage import oas
from pytest_steering.extraction.states_at_hand import StatesAtHand
from pytest_steering.steering.vector import SteeringVector
from tests.extraction.test_directions import PAIRS, LengthReader

PROMPTS = [prompt for pair in PAIRS for prompt in (pair.positive, pair.negative)]
VECTOR = extract(LengthReader(), PAIRS, layers=[0, 1])


def states(n: int = 40, size: int = 6) -> Tensor:
    spread = torch.tensor([8.0, 4.0, 1.0, 0.5, 0.1, 0.1])[:size]
    return torch.randn(n, size, generator=torch.Generator().manual_seed(3)) * spread + 5.0


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


def test_matched_directions_have_the_shrunk_covariance_of_the_states() -> None:
    given = states()
    centred = (given - given.mean(0)).double()
    wanted = oas(centred.T @ centred / len(centred), len(centred))
    vector = SteeringVector({2: torch.ones(6)})
    drawn = torch.stack([one.directions[2] for one in matched_directions({2: given}, vector, 4000, 1)])
    free = torch.distributions.MultivariateNormal(torch.zeros(6, dtype=torch.float64), wanted)
    torch.manual_seed(5)
    reference = torch.stack([one / one.norm() * vector.norms[2] for one in free.sample((4000,))]).float()
    assert torch.allclose(drawn.T.cov(), reference.T.cov(), atol=0.15)


def test_matched_directions_go_together_over_layers_as_states_do() -> None:
    given = states(2000, size=4)
    vector = SteeringVector({0: torch.ones(4), 1: torch.ones(4)})
    drawn = matched_directions({0: given, 1: 3 * given}, vector, 20, 0)
    cosines = [float(torch.cosine_similarity(one.directions[0], one.directions[1], dim=0)) for one in drawn]
    assert sum(cosines) / len(cosines) > 0.9


@pytest.mark.parametrize("few", [states(1), torch.ones(5, 6)])
def test_states_without_a_covariance_are_refused(few: Tensor) -> None:
    with pytest.raises(VectorError, match=r"at least 2 prompts; found 1|zero at layers"):
        matched_directions({2: few}, SteeringVector({2: torch.ones(6)}), 1, 0)


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
