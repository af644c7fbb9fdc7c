"""The direction that speaks for one answer against another by the output layer alone, without any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


def unembedding_direction(
    model: SteerableModel, tokens: Sequence[int], against: Sequence[int], vector: SteeringVector
) -> SteeringVector:
    """Return the difference of the output layer's mean rows for two sets of tokens, in a vector's norm.

    It is what the logit lens reads a state with (nostalgebraist 2020), without the gain of the final norm.
    Added to the stream, it asks for the tokens themselves, whatever the question is.

    Args:
        model: Has an output layer with a row of weights for each token.
        tokens: Are spoken for.
        against: Are spoken against.
        vector: Gives layers and norms.

    Raises:
        VectorError: The model has no such layer or has it on a server; or no token tells one side from the
            other.
    """
    ours, theirs = sorted(set(tokens) - set(against)), sorted(set(against) - set(tokens))
    if model.loaded.served is not None:
        raise VectorError(f"the output layer of {model.name} is on a server, and its weights are needed here")
    head = model.loaded.module.get_output_embeddings()
    if not ours or not theirs or head is None:
        why = "no output layer" if head is None else "no first token that tells one answer from the other"
        raise VectorError(f"{model.name} has {why}, so that no direction speaks for it")
    rows = head.weight.detach().float().cpu()
    direction = rows[ours].mean(0) - rows[theirs].mean(0)
    if len(direction) != vector.hidden_size:
        raise VectorError(f"the output layer of {model.name} reads {len(direction)} numbers, not the stream")
    same = dict.fromkeys(vector.layers, direction)
    no_text = Sources.of(())
    return SteeringVector(same, "unembedding", vector.provenance, no_text).rescaled_to(vector)
