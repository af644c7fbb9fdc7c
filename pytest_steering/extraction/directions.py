"""Directions from contrast pairs, and the control direction of the same pairs with shuffled labels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pytest_steering.errors import VectorError
from pytest_steering.extraction.discriminant import discriminant_directions
from pytest_steering.extraction.pairs import ContrastPair, require_pairs, shuffled_sides
from pytest_steering.steering.vector import ReadsHiddenStates, SteeringVector

METHODS = ("mean_difference", "lda")


def extract(
    model: ReadsHiddenStates,
    pairs: Sequence[ContrastPair],
    method: str = "mean_difference",
    layers: Sequence[int] | str = "all",
) -> SteeringVector:
    """Return the direction of the pairs at each layer, read at the last prompt token.

    Args:
        model: Read at `layers`.
        pairs: At least one.
        method: `mean_difference`, or `lda` for the linear discriminant: the mean difference corrected for
            how states vary within the sides, with the same norm.
        layers: Block numbers, `last3` or `all`.

    Raises:
        VectorError: The method is not known, or the direction is zero.
        DataError: There are no pairs, or a pair's prompts are equal.
    """
    if method not in METHODS:
        raise VectorError(f"extraction method {method!r} is not known; known are {', '.join(METHODS)}")
    require_pairs(pairs)
    vector = _from_sides(model, [p.positive for p in pairs], [p.negative for p in pairs], layers, method)
    return replace(vector, provenance={**vector.provenance, "samples": samples_hash(pairs)})


def shuffled_like(
    model: ReadsHiddenStates, pairs: Sequence[ContrastPair], vector: SteeringVector, seed: int = 0
) -> SteeringVector:
    """Return the direction of the same prompts with shuffled labels, with the vector's norm at each layer.

    Args:
        model: As `vector` was extracted from.
        pairs: As `vector` was extracted from.
        vector: Gives layers and norms.
        seed: Of the permutation.
    """
    require_pairs(pairs)
    # A vector that was scaled or given has no method of its own here.
    method = vector.method if vector.method in METHODS else METHODS[0]
    control = _from_sides(model, *shuffled_sides(pairs, seed), vector.layers, method)
    return replace(control.rescaled_to(vector), method=f"shuffled:{seed}")


def _from_sides(
    model: ReadsHiddenStates,
    positive: Sequence[str],
    negative: Sequence[str],
    layers: Sequence[int] | str,
    method: str,
) -> SteeringVector:
    if method != "lda":
        return SteeringVector.from_contrast(model, positive, negative, layers)
    provenance = {**model.vector_provenance(), "position": "last_prompt", "pairs": str(len(positive))}
    directions = discriminant_directions(model, positive, negative, layers)
    vector = SteeringVector(directions, method, provenance)
    vector.require_nonzero()
    return vector


def samples_hash(pairs: Sequence[ContrastPair]) -> str:
    """Return a hash of the samples a vector was made from, whatever their order."""
    return hashlib.sha256("\n".join(sorted(pair.sample_id for pair in pairs)).encode()).hexdigest()[:16]
