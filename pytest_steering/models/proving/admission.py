"""No model is handed out whose steering is not proven."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from pytest_steering.errors import InterventionError, ModelError
from pytest_steering.models.engine.base import RowEngine
from pytest_steering.models.model_protocol import HeldModel
from pytest_steering.models.proving.proof import Proof, prove
from pytest_steering.models.proving.proof_cache import keep, proof_key, recall
from pytest_steering.models.proving.weight_faults import require_sound_weights
from pytest_steering.steering.joint import AnyIntervention, parts_of

if TYPE_CHECKING:
    from pytest_steering.steering.edit import Operation

M = TypeVar("M", bound=HeldModel)

log = logging.getLogger("pytest_steering")

_known: WeakKeyDictionary[Any, set[tuple[str, str, Operation]]] = WeakKeyDictionary()
"""For each model the engines, sites and operations that are proven on it, beside `add`."""


def proven(model: M) -> M:
    """Return the model if its steering is proven, now or earlier for the same weights, code and versions.

    Args:
        model: Any model and engine.

    Returns:
        The model, set to one row a batch where its rows would change each other.

    Raises:
        ModelError: A weight is not finite, a block is constant, or a claim of the proof fails; the message
            says which.
    """
    require_sound_weights(model.name, model.loaded)
    proof = proof_of(model)
    if not proof.holds:
        raise ModelError(f"{model.name} cannot be steered as it should be:\n{proof}")
    if proof.alone and model.batch_rows != 1:
        log.warning("%s runs one row at a time. %s", model.name, proof.alone)
        return replace(model, batch_rows=1)
    return model


def require_operations(model: HeldModel, arms: Sequence[AnyIntervention | None]) -> None:
    """Prove the operations that are used for the first time on a model; `add` was when it was loaded.

    Args:
        model: The model.
        arms: Interventions; None does nothing.

    Raises:
        InterventionError: A claim of a proof fails; the message is the report.
    """
    known = _known.setdefault(model.loaded.module, set())
    engine, site = model.engine_name, model.loaded.architecture.site
    used = {(engine, site, part.does) for part in parts_of(arms) if part.operation != "add"}
    for one in used - known:
        operation = one[2]
        proof = proof_of(model, operation.name)
        if not proof.holds or (proof.alone and model.batch_rows != 1):
            raise InterventionError(f"{model.name} cannot be steered by {operation.name!r}:\n{proof}")
        known.add(one)


def proof_of(model: HeldModel, operation: str = "add") -> Proof:
    """Return the proof of a model, its engine and an operation, from the user's cache folder where it is."""
    served = isinstance(model.engine, RowEngine)  # it has started just now, and is tried each time
    key = None if served else proof_key(model.loaded, model.engine_name, operation)
    kept = recall(key, operation)
    if kept is not None:
        return kept
    proof = prove(model.loaded, model.engine, operation)
    keep(key, proof)
    return proof
