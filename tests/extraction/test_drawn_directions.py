from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import VectorError
from pytest_steering.extraction.drawn_directions import matched_directions
from pytest_steering.extraction.shrinkage import oas
from pytest_steering.steering.vector import SteeringVector


def states(n: int = 40, size: int = 6) -> Tensor:
    spread = torch.tensor([8.0, 4.0, 1.0, 0.5, 0.1, 0.1])[:size]
    return torch.randn(n, size, generator=torch.Generator().manual_seed(3)) * spread + 5.0


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
