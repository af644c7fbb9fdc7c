"""vllm-lens: a request brings its vectors, for all tokens or for some by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.engine_traps.vllm_server import vllm_server
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing import Answering, NotOffered, Request


def vllm_lens(model: SteerableModel) -> Answering:
    """Start vLLM with the plugin."""
    return vllm_server(model, {"VLLM_PLUGINS": "activations"}, _extra)


def _extra(request: Request) -> Mapping[str, Any]:
    import torch
    from vllm_lens import SteeringVector

    arm = request.intervention
    assert arm is not None
    activations = torch.stack([arm.vector.directions[layer] for layer in arm.at])
    numbers = _numbers(request)
    if numbers is not None:
        activations = activations[:, None].expand(-1, len(numbers), -1).contiguous()
    vector = SteeringVector(
        activations=activations,
        layer_indices=list(arm.at),
        scale=arm.coefficient,
        position_indices=numbers,
    )
    return {"apply_steering_vectors": [vector]}


def _numbers(request: Request) -> list[int] | None:
    """Return the numbers of the steered tokens, or None where all are."""
    assert request.intervention is not None
    where, length = request.intervention.where, len(request.prompt)
    if where.name == "all":
        return None
    if where.name in ("last", "generated"):
        raise NotOffered(f"it steers all tokens or some by their numbers, and not {where.name}")
    return where.tokens(length, 0, length)
