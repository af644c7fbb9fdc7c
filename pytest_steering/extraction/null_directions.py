"""Directions that mean nothing, as long as a vector: what its effect is held against."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import USUAL
from pytest_steering.extraction.methods import METHODS
from pytest_steering.extraction.pairs import ContrastPair, with_exchanged
from pytest_steering.extraction.shrinkage import oas_shrinkage
from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from pytest_steering.steering.contrast import ReadsHiddenStates

SAME = 0.999
"""From this cosine on two directions are one; rounding stays above it."""


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


def half_directions(
    model: ReadsHiddenStates, prompts: Sequence[str], vector: SteeringVector, count: int, seed: int
) -> list[SteeringVector]:
    """Return the directions between random halves of some prompts, by the vector's own method.

    Args:
        model: As the vector was extracted from.
        prompts: Of which side they are is not asked.
        vector: Gives method, layers and norms.
        count: How many.
        seed: Of the draws.

    Raises:
        VectorError: There are fewer than two prompts, or a direction is zero.
    """
    draw, half = random.Random(seed), len(prompts) // 2  # noqa: S311 - a control, not a secret
    orders = [draw.sample(list(prompts), len(prompts)) for _ in range(count)]
    return [
        _between(model, order[:half], order[half : 2 * half], f"random_halves:{number}", vector)
        for number, order in enumerate(orders)
    ]


def shuffled_directions(
    model: ReadsHiddenStates,
    pairs: Sequence[ContrastPair],
    shuffles: Sequence[Sequence[bool]],
    vector: SteeringVector,
) -> list[SteeringVector]:
    """Return the directions of the pairs under other labels, by the vector's own method.

    Args:
        model: As the vector was extracted from.
        pairs: As the vector was extracted from.
        shuffles: Of each, which pairs exchange their sides; see `label_shuffles`.
        vector: Gives method, layers and norms.

    Raises:
        VectorError: A direction is zero.
    """
    return [
        _between(model, *with_exchanged(pairs, exchanged), f"shuffled:{number}", vector)
        for number, exchanged in enumerate(shuffles)
    ]


def is_made_of(model: ReadsHiddenStates, pairs: Sequence[ContrastPair], vector: SteeringVector) -> bool:
    """Return whether a vector is what its method makes of pairs with the labels they have, or its negative.

    Args:
        model: As the vector was extracted from.
        pairs: As somebody says that it was extracted from.
        vector: Whatever its length.
    """
    made = _between(model, *with_exchanged(pairs, [False] * len(pairs)), "", vector)
    return all(
        abs(float(made.directions[layer] @ direction)) >= SAME * float(direction.norm()) ** 2
        for layer, direction in vector.directions.items()
    )


def _between(
    model: ReadsHiddenStates, first: Sequence[str], second: Sequence[str], name: str, vector: SteeringVector
) -> SteeringVector:
    """Return the direction between two sides in the vector's norm; one that was scaled has no method here.

    Sides whose means are the same have no direction, and stay without: adding nothing is what they do.
    """
    method = vector.method if vector.method in METHODS else USUAL
    directions = METHODS[method](model, first, second, vector.layers)
    read = Sources.of([*first, *second])
    drawn = SteeringVector(directions, name, vector.provenance, read)
    lengths = drawn.norms
    # Sides whose means are alike have no direction: to add nothing is all that they can do.
    told = [layer for layer in drawn.layers if lengths[layer] > 0]
    return replace(drawn, directions={**drawn.directions, **_scaled(drawn, told, vector)})


def _scaled(drawn: SteeringVector, layers: Sequence[int], vector: SteeringVector) -> Mapping[int, Tensor]:
    return drawn.only(layers).rescaled_to(vector).directions if layers else {}
