"""No model is handed out whose steering is not proven."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TypeVar

from pytest_steering.errors import ModelError
from pytest_steering.models.held import HeldModel
from pytest_steering.models.proof import Proof, prove
from pytest_steering.models.proof_cache import keep, proof_key, recall

M = TypeVar("M", bound=HeldModel)

log = logging.getLogger("pytest_steering")


def proven(model: M) -> M:
    """Return the model if its steering is proven, now or earlier for the same architecture and versions.

    Args:
        model: Any model and engine.

    Returns:
        The model, set to one row a batch where its rows would change each other.

    Raises:
        ModelError: A claim of the proof fails; the message is the report.
    """
    proof = proof_of(model)
    if not proof.holds:
        raise ModelError(f"{model.name} cannot be steered as it should be:\n{proof}")
    if proof.alone and model.batch_rows != 1:
        log.warning("%s runs one row at a time. %s", model.name, proof.alone)
        return replace(model, batch_rows=1)
    return model


def proof_of(model: HeldModel) -> Proof:
    """Return the proof of a model and its engine, from the user's cache folder where it was kept."""
    key = proof_key(model.loaded, model.engine_name)
    kept = recall(key)
    if kept is not None:
        return kept
    proof = prove(model.loaded, model.engine)
    keep(key, proof)
    return proof
