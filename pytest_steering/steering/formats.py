"""Steering vectors as files: safetensors with JSON metadata, never a pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.errors import StorageError, VectorError
from pytest_steering.steering.sources import Sources
from pytest_steering.storage import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

_FORMAT = "pytest-steering.vector.1"

_ZIP = b"PK\x03\x04"  # torch.save writes one, with a pickle in it


class StoredVector(NamedTuple):
    """What a file holds of a vector.

    Attributes:
        directions: By layer.
        method: How they were made.
        provenance: From what.
        sources: What texts stand behind them; files of before the first record of them say nothing.
    """

    directions: Mapping[int, Tensor]
    method: str
    provenance: Mapping[str, str]
    sources: Sources


def write_vector(vector: StoredVector, path: Path) -> None:
    """Write one tensor a layer, named `layer.<number>`, and the vector's method and provenance.

    Raises:
        VectorError: The file cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save

    tensors = {f"layer.{layer}": direction for layer, direction in vector.directions.items()}
    provenance = json.dumps(dict(vector.provenance), sort_keys=True)
    sources = json.dumps(vector.sources.as_dict())
    metadata = {"format": _FORMAT, "method": vector.method, "provenance": provenance, "sources": sources}
    try:
        replace_file(path, save(tensors, metadata=metadata))
    except (StorageError, SafetensorError) as error:
        raise VectorError(f"the steering vector cannot be kept: {error}") from error


def read_vector(path: Path) -> StoredVector:
    """Read what `write_vector` wrote.

    Raises:
        VectorError: The file is missing, is no safetensors file, or was not written by `write_vector`.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise VectorError(f"{path} is not a readable steering vector: {_why(path, error)}") from error
    if metadata.get("format") != _FORMAT:
        raise VectorError(f"{path} is a safetensors file but not a steering vector written by this project")
    try:
        directions = {int(name.removeprefix("layer.")): tensor for name, tensor in tensors.items()}
        provenance = json.loads(metadata["provenance"])
        return StoredVector(directions, metadata["method"], provenance, _sources(metadata, provenance))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise VectorError(f"{path} is a damaged steering vector: {error}") from error


def _sources(metadata: Mapping[str, str], provenance: Mapping[str, str]) -> Sources:
    """Return what a file says of texts; older files name the samples at most."""
    if "sources" in metadata:
        return Sources.from_dict(json.loads(metadata["sources"]))
    ids = str(provenance.get("sample_ids") or "").split(",")
    return Sources(samples=frozenset((str(provenance.get("dataset")), name) for name in ids if name))


def _why(path: Path, error: Exception) -> str:
    """Return what the path is instead, and what to do about it."""
    if path.is_dir():
        files = ", ".join(sorted(file.name for file in path.glob("*.safetensors"))[:3]) or "none"
        return (
            f"it is a folder; name a file that SteeringVector.save wrote (.safetensors files in it: {files})"
        )
    if not path.exists():
        return "there is no such file"
    if _pickled(path):
        return (
            "it is a pickle, as torch.save writes too, and reading one can run any code, so it was not read. "
            "If you trust it, load it yourself, keep its tensors with "
            "SteeringVector({layer: tensor}).save(path), and load that file"
        )
    return f"{error}; a file that SteeringVector.save wrote was expected"


def _pickled(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError:
        return False
    # The first byte may also be of the length that a safetensors file begins with; its header follows.
    return start.startswith(_ZIP) or (start[:1] == b"\x80" and start[8:] != b"{")
