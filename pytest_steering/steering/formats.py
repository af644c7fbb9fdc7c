"""Steering vectors as files: safetensors with JSON metadata, never a pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError

if TYPE_CHECKING:
    from pytest_steering.steering.vector import SteeringVector

_FORMAT = "pytest-steering.vector.1"


def write_vector(vector: SteeringVector, path: Path) -> None:
    """Write one tensor a layer, named `layer.<number>`, and the vector's method and provenance.

    Raises:
        VectorError: The file cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    tensors = {f"layer.{layer}": direction for layer, direction in vector.directions.items()}
    provenance = json.dumps(dict(vector.provenance), sort_keys=True)
    metadata = {"format": _FORMAT, "method": vector.method, "provenance": provenance}
    try:
        save_file(tensors, str(path), metadata=metadata)
    except (OSError, SafetensorError) as error:
        raise VectorError(f"the steering vector cannot be written to {path}: {error}") from error


def read_vector(path: Path) -> SteeringVector:
    """Read what `write_vector` wrote.

    Raises:
        VectorError: The file is missing, is no safetensors file, or was not written by `write_vector`.
    """
    from safetensors import SafetensorError, safe_open

    from pytest_steering.steering.vector import SteeringVector

    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise VectorError(f"{path} is not a readable steering vector: {error}") from error
    if metadata.get("format") != _FORMAT:
        raise VectorError(f"{path} is a safetensors file but not a steering vector written by this project")
    try:
        directions = {int(name.removeprefix("layer.")): tensor for name, tensor in tensors.items()}
        return SteeringVector(directions, metadata["method"], json.loads(metadata["provenance"]))
    except (KeyError, ValueError, VectorError) as error:
        raise VectorError(f"{path} is a damaged steering vector: {error}") from error
