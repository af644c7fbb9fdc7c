"""Directions that are drawn and mean nothing, as long as a vector: uniformly, or as states vary."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.extraction.shrinkage import oas_shrinkage
from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Generator, Tensor


def isotropic_directions(vector: SteeringVector, count: int, seed: int) -> list[SteeringVector]:
    """Return directions drawn uniformly on the sphere, at each layer for itself.

    Args:
        vector: Gives layers and norms.
        count: How many.
        seed: Of the draws.
    """
    draw = random.Random(seed)  # noqa: S311 - a control, not a secret
    return [
        replace(vector.random_like(draw.getrandbits(63)), method=f"random:{number}")
        for number in range(count)
    ]


def matched_directions(
    states: dict[int, Tensor], vector: SteeringVector, count: int, seed: int
) -> list[SteeringVector]:
    """Return directions drawn with the shrunk covariance of some states, normal, together over the layers.

    Each is Σ zᵢ (xᵢ − x̄) / √n with the same normal zᵢ at every layer, whose covariance is the empirical one,
    beside a share of an isotropic draw, which is that of `oas`. No matrix of all dimensions is needed.

    Args:
        states: Of the same prompts at each of the vector's layers: {layer: [n, hidden]}.
        vector: Gives layers and norms.
        count: How many.
        seed: Of the draws.

    Raises:
        VectorError: There are fewer than two states, or all are alike.
    """
    import torch

    n = len(next(iter(states.values())))
    if n < 2:
        raise VectorError(f"the covariance of states needs at least 2 prompts; found {n}")
    generator = torch.Generator().manual_seed(seed)
    with one_thread():
        roots = {layer: _root(states[layer]) for layer in vector.layers}
        return [_drawn(roots, n, generator, f"random_matched:{number}", vector) for number in range(count)]


def _root(states: Tensor) -> tuple[Tensor, float]:
    """Return a root [n, hidden] of the shrunk covariance's first part, and that of the second's variance."""
    centred = (states.double() - states.double().mean(0)) / len(states) ** 0.5
    n, size = centred.shape
    variance = centred.square().sum() / size
    # The entries of XᵀX and of the smaller XXᵀ have the same sum of squares.
    square = (centred @ centred.T).square().sum() / size**2
    shrinkage = oas_shrinkage(variance, square, size, n)
    return centred * (1 - shrinkage).sqrt(), float((shrinkage * variance).sqrt())


def _drawn(
    roots: dict[int, tuple[Tensor, float]], n: int, generator: Generator, method: str, vector: SteeringVector
) -> SteeringVector:
    import torch

    normal = torch.randn(n, generator=generator, dtype=torch.float64)
    drawn = {
        layer: normal @ root + spread * torch.randn(root.shape[1], generator=generator, dtype=torch.float64)
        for layer, (root, spread) in roots.items()
    }
    return SteeringVector(
        {layer: one.float() for layer, one in drawn.items()}, method, vector.provenance
    ).rescaled_to(vector)
