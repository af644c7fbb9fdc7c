"""hotwire-vllm: vectors lie in a folder before it starts, and a request names one, a layer and a scale."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.engine_traps.vllm_server import vllm_server
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from pytest_steering.testing import Answering, NotOffered, Request
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.probes import Probes

REGIONS = {"all": False, "generated": True}
"""By the names here, what it calls `decode_only`."""


def hotwire(model: SteerableModel) -> Answering:
    """Start vLLM with the plugin, and with room for more vectors than the 16 that it comes with."""
    folder = Path(mkdtemp())
    for name, vector in _vectors(Probes(model)):
        _write(folder / f"{name}.pt", vector)
    environment = {
        "VLLM_PLUGINS": "hotwire",
        "HOTWIRE_VECTORS": str(folder),
        "HOTWIRE_SLOTS": "512",
        "TRITON_INTERPRET": "1",
    }
    return vllm_server(model, environment, _extra)


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
