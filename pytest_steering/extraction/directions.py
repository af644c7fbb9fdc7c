"""Directions from contrast pairs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pytest_steering.errors import DataError
from pytest_steering.extraction.methods import method_named
from pytest_steering.extraction.pair_agreement import MOST_PAIRS, pair_reliability
from pytest_steering.extraction.pairs import ContrastPair, require_pairs
from pytest_steering.extraction.reading_places import LAST, At, place_of, said_of
from pytest_steering.extraction.states_at_hand import StatesAtHand
from pytest_steering.extraction.states_elsewhere import read_at
from pytest_steering.steering.contrast import ReadsHiddenStates
from pytest_steering.steering.provenance import parts
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector

USUAL = "mean_difference"


def extract(
    model: ReadsHiddenStates,
    pairs: Sequence[ContrastPair],
    method: str = USUAL,
    layers: Sequence[int] | str = "all",
    at: At = LAST,
) -> SteeringVector:
    """Return the direction of the pairs at each layer.

    Args:
        model: Read at `layers`.
        pairs: At least one.
        method: `mean_difference`; `lda` for the linear discriminant: the mean difference corrected for how
            states vary within the sides; `pca_diff` or `pca_center` for a principal component of the pairs;
            all of the same norm; or one of your own, see `extraction_method`.
        layers: Block numbers, `last3` or `all`.
        at: Where states are read, of each text's last token by default; see `place_of`.

    Raises:
        VectorError: The method or the place is not known, or the direction is zero.
        DataError: There are no pairs, or a pair's prompts are equal, or has no token at that place.
    """
    require_pairs(pairs)
    sides = [pair.positive for pair in pairs], [pair.negative for pair in pairs]
    place = place_of(at, model, sides)
    found = method_named(method)
    reader = _at_hand(read_at(model, place), pairs, layers)
    vector = SteeringVector.extracted(found(reader, *sides, layers), method, model, sides)
    said = {**vector.provenance, "samples": samples_hash(pairs), **said_of(at, place)}
    chooser = at if callable(at) else None
    told = pair_reliability(reader, pairs, layers)
    return of_pairs(replace(vector, provenance=said, chooser=chooser, reliability=told), pairs)


def _at_hand(
    model: ReadsHiddenStates, pairs: Sequence[ContrastPair], layers: Sequence[int] | str
) -> ReadsHiddenStates:
    """Return the model with the states of the pairs read, where they are few enough to be kept."""
    if len(pairs) > MOST_PAIRS:
        return model
    return StatesAtHand(model, [text for pair in pairs for text in (pair.positive, pair.negative)], layers)


def of_pairs(vector: SteeringVector, pairs: Sequence[ContrastPair]) -> SteeringVector:
    """Return a vector that knows what it was made of.

    Args:
        vector: As it was made.
        pairs: Of it.

    Raises:
        DataError: There are no pairs, a pair's prompts are equal, or the vector was made of others.
    """
    require_pairs(pairs)
    told, given = vector.provenance.get("samples"), samples_hash(pairs)
    # A sum tells the samples of each of its vectors; which pairs are whose nobody can tell.
    if told is not None and parts(told) == [told] and told != given:
        raise DataError(
            f"the {vector.method} vector was made of {vector.provenance.get('pairs', 'other')} pairs over "
            f"other samples than these {len(pairs)} (samples {told}, given {given}); give its own"
        )
    sides = tuple((pair.positive, pair.negative) for pair in pairs)
    read = Sources.of(prompt for side in sides for prompt in side)
    return replace(vector, pairs=sides, sources=vector.sources | read)


def samples_hash(pairs: Sequence[ContrastPair]) -> str:
    """Return a hash of the samples a vector was made from, whatever their order."""
    return hashlib.sha256("\n".join(sorted(pair.sample_id for pair in pairs)).encode()).hexdigest()[:16]
