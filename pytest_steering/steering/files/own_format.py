"""Steering vectors as files: safetensors with JSON metadata, never a pickle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.errors import DataError, StorageError, VectorError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.plain_json import parsed
from pytest_steering.printable import printable
from pytest_steering.steering.files.foreign_files import what_it_is
from pytest_steering.steering.reliability import Reliability
from pytest_steering.steering.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

OWN = "pytest-steering"
"""The format's name."""

_FORMAT = "pytest-steering.vector.2"

_LONGEST_HEADER = 100_000_000
"""Bytes, as safetensors has it."""

_UNSEALED = "pytest-steering.vector.1"
"""Files of the first layout hold no hash of what they say."""


class StoredVector(NamedTuple):
    """What a file holds of a vector.

    Attributes:
        directions: By layer.
        method: How they were made.
        provenance: From what.
        sources: What texts stand behind them; files of before the first record of them say nothing.
        reliability: By layer, how far the pairs behind them agree, where that was looked at.
    """

    directions: Mapping[int, Tensor]
    method: str
    provenance: Mapping[str, str]
    sources: Sources
    reliability: Mapping[int, Reliability]


def is_own(path: Path) -> bool:
    """Return whether a file was written by `write_vector`, by what its header says.

    Raises:
        OSError: It cannot be read.
    """
    if path.is_dir():
        return False
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(min(length, _LONGEST_HEADER))
    return header.startswith(b"{") and b'"format":"pytest-steering.vector.' in header


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
    if vector.reliability:
        told = {layer: one.as_dict() for layer, one in vector.reliability.items()}
        metadata["reliability"] = json.dumps(told, sort_keys=True)
    metadata["sha256"] = _seal(metadata, tensors)
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
    try:
        _require_ours(path, metadata, tensors)
        directions = {int(name.removeprefix("layer.")): tensor for name, tensor in tensors.items()}
        provenance = {str(name): str(said) for name, said in parsed(metadata["provenance"]).items()}
        sources, told = _sources(metadata, provenance), parsed(metadata.get("reliability", "{}"))
        reliability = {int(layer): Reliability(**one) for layer, one in told.items()}
        return StoredVector(directions, metadata["method"], provenance, sources, reliability)
    except (DataError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise VectorError(f"{path} is a damaged steering vector: {error}") from error


def _require_ours(path: Path, metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> None:
    """Refuse what is no vector, or not as it was saved: a layer's number decides as much as its direction."""
    said = metadata.get("format", "")
    if said == _FORMAT and metadata.get("sha256") != _seal(metadata, tensors):
        raise VectorError(
            f"{path} is a damaged steering vector: its layers, numbers or header are not as they were saved"
        )
    if said in (_FORMAT, _UNSEALED):
        return
    if said.startswith("pytest-steering.vector."):
        raise VectorError(
            f"{path} is a steering vector of the layout {printable(said, 60)}; this version reads {_FORMAT}, "
            "so read it with the version that wrote it"
        )
    raise VectorError(f"{path} names no layout of steering vectors")


def _seal(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """Return a hash of all that a file says."""
    said = sorted((name, value) for name, value in metadata.items() if name != "sha256")
    digest = hashlib.sha256(json.dumps(said).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}".encode("utf-8", "surrogatepass"))
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _sources(metadata: Mapping[str, str], provenance: Mapping[str, str]) -> Sources:
    """Return what a file says of texts; older files name the samples at most."""
    if "sources" in metadata:
        return Sources.from_dict(parsed(metadata["sources"]))
    ids = str(provenance.get("sample_ids") or "").split(",")
    return Sources(samples=frozenset((str(provenance.get("dataset")), name) for name in ids if name))


def _why(path: Path, error: Exception) -> str:
    """Return what the path is instead, and what to do about it."""
    try:
        found = what_it_is(path)
    except OSError:
        found = ""
    return f"it is {found}" if found else f"{error}; a file that SteeringVector.save wrote was expected"
