"""hotwire-vllm: vectors lie in a folder before it starts, and a request names one, a layer and a scale."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.engine_traps.vllm_server import vllm_server
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from pytest_steering.testing import Answering, NotOffered, Request
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.probes import Probes

REGIONS = {"all": False, "generated": True}
"""By the names here, what it calls `decode_only`."""


def hotwire(model: SteerableModel, slots: int, armed: bool) -> Answering:
    """Start vLLM with the plugin.

    Args:
        model: Is served.
        slots: For vectors; 16 where nobody says.
        armed: Whether the plugin is made to prepare the model on a CPU too.
    """
    folder = Path(mkdtemp())
    for name, vector in _vectors(Probes(model)):
        _write(folder / f"{name}.pt", vector)
    environment = {
        "VLLM_PLUGINS": "hotwire",
        "HOTWIRE_VECTORS": str(folder),
        "HOTWIRE_SLOTS": str(slots),
        "TRITON_INTERPRET": "1",
    }
    os.environ.update(environment)
    if armed:
        _arm_on_cpu()
    return vllm_server(model, environment, _extra)


def _arm_on_cpu() -> None:
    """Let the CPU's runner do what the plugin has its parent do: it loads models by a method of its own."""
    from hotwire._patch import _install_into_model
    from vllm.v1.worker.cpu_model_runner import CPUModelRunner

    load = CPUModelRunner.load_model

    def load_and_arm(runner: Any, *args: Any, **kwargs: Any) -> None:
        load(runner, *args, **kwargs)
        _install_into_model(runner)

    CPUModelRunner.load_model = load_and_arm


def _extra(request: Request) -> Mapping[str, str]:
    arm = request.intervention
    assert arm is not None
    if arm.where.name not in REGIONS:
        raise NotOffered(f"it steers all tokens or new ones alone, and not {arm.where.name}")
    entries = [
        {
            "id": _name(arm.vector),
            "layer": layer,
            "scale": arm.coefficient,
            "decode_only": REGIONS[arm.where.name],
        }
        for layer in arm.at
    ]
    return {"hotwire": json.dumps(entries)}


def _vectors(probes: Probes) -> Iterator[tuple[str, SteeringVector]]:
    arms: list[Intervention | None] = [
        probe.request.intervention for trap in TRAPS for call in trap.calls(probes) for probe in call
    ]
    for arm in arms:
        if arm is not None:
            yield _name(arm.vector), arm.vector


def _name(vector: SteeringVector) -> str:
    return vector.sha256[:16]


def _write(file: Path, vector: SteeringVector) -> None:
    """Write a matrix with a row for each layer; those without a direction are 0."""
    import torch

    width = len(next(iter(vector.directions.values())))
    rows = torch.zeros(max(vector.layers) + 1, width)
    for layer, direction in vector.directions.items():
        rows[layer] = direction
    torch.save(rows, file)
