"""Directions that a method makes of pairs whose labels mean nothing, to hold a vector's effect against."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.extraction.directions import USUAL
from pytest_steering.extraction.methods import LEARNED, METHODS
from pytest_steering.extraction.pairs import ContrastPair, with_exchanged
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.contrast import ReadsHiddenStates

SAME = 0.999
"""From this cosine on two directions are one; rounding stays above it."""


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
    """Return the direction between two sides in the vector's norm, by its method.

    One that was scaled has no method here, and learning takes too long: both go by the mean difference.

    Sides whose means are the same have no direction, and stay without: adding nothing is what they do.
    """
    method = vector.method if vector.method in METHODS.keys() - LEARNED else USUAL
    directions = METHODS[method](model, first, second, vector.layers)
    read = Sources.of([*first, *second])
    drawn = SteeringVector(directions, name, vector.provenance, read)
    lengths = drawn.norms
    # Sides whose means are alike have no direction: to add nothing is all that they can do.
    told = [layer for layer in drawn.layers if lengths[layer] > 0]
    return replace(drawn, directions={**drawn.directions, **_scaled(drawn, told, vector)})


def _scaled(drawn: SteeringVector, layers: Sequence[int], vector: SteeringVector) -> Mapping[int, Tensor]:
    return drawn.only(layers).rescaled_to(vector).directions if layers else {}
