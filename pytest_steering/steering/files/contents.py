"""A file's contents as plain objects: arrays, tensors and JSON, and never anything that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError, VectorError
from pytest_steering.plain_json import parsed
from pytest_steering.printable import printable
from pytest_steering.steering.files.array_files import npy_array, npz_arrays
from pytest_steering.steering.files.foreign_files import json_lines
from pytest_steering.steering.files.gguf_vectors import read_gguf
from pytest_steering.steering.files.torch_files import read_torch, torch_zip

_MOST_JSON = 1 << 28
"""Bytes of a JSON file or a table."""


@dataclass(frozen=True)
class Contents:
    """What lies at a path.

    Attributes:
        path: Of the file or folder.
        kind: `gguf`, `torch`, `json`, `csv`, `npy`, `npz`, `safetensors` or `folder`.
        value: What it holds: an object, a mapping of arrays by name, a text, the names in a folder.
    """

    path: Path
    kind: str
    value: Any

    @property
    def keys(self) -> frozenset[str]:
        """Names of what it holds, where it holds things by name."""
        return (
            frozenset(map(str, self.value)) if isinstance(self.value, (Mapping, frozenset)) else frozenset()
        )

    def beside(self, name: str) -> Path | None:
        """Return a file in the same folder, or in this one, if it is there."""
        folder = self.path if self.path.is_dir() else self.path.parent
        return found if (found := folder / name).is_file() else None


def contents_of(path: Path) -> Contents | None:
    """Return a file's or folder's contents; None for a file of no kind that is read here.

    Args:
        path: It is told by its content what it is, never by its name.

    Raises:
        VectorError: It is damaged, or larger than what it may hold.
        OSError: It cannot be read.
    """
    if path.is_dir():
        return Contents(path, "folder", frozenset(one.name for one in path.iterdir()))
    with path.open("rb") as file:
        start = file.read(64)
    kind = next((kind for kind, is_one in _KINDS.items() if is_one(path, start)), None)
    return Contents(path, kind, _READERS[kind](path)) if kind else None


def json_object(path: Path) -> Any:
    """Return what a file of JSON says.

    Raises:
        VectorError: It is none, too large, or says something twice.
    """
    try:
        return parsed(_bounded(path))
    except DataError as error:
        rows = json_lines(path)
        why = f"cannot be read as JSON: {printable(str(error), 300)}"
        raise VectorError(f"{path} {f'is not a steering vector: it is {rows}' if rows else why}") from error


def _safetensors(path: Path) -> Mapping[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError, ValueError) as error:
        raise VectorError(f"{path} is a damaged safetensors file: {printable(str(error), 200)}") from error


def _bounded(path: Path) -> bytes:
    if path.stat().st_size > _MOST_JSON:
        raise VectorError(f"{path} has {path.stat().st_size:,} bytes; text of {_MOST_JSON:,} at most is read")
    return path.read_bytes()


def _is_safetensors(path: Path, start: bytes) -> bool:
    length = int.from_bytes(start[:8], "little")
    return start[8:9] == b"{" and length < path.stat().st_size


_TEXT = b"\xef\xbb\xbf \t\r\n"

_KINDS: Mapping[str, Callable[[Path, bytes], bool]] = {
    "gguf": lambda _path, start: start.startswith(b"GGUF"),
    "npy": lambda _path, start: start.startswith(b"\x93NUMPY"),
    "torch": lambda path, start: start.startswith(b"PK\x03\x04") and torch_zip(path),
    "npz": lambda path, start: start.startswith(b"PK\x03\x04") and npz_arrays(path) is not None,
    "safetensors": _is_safetensors,
    "json": lambda _path, start: start.lstrip(_TEXT).startswith((b"{", b"[")),
    "csv": lambda _path, start: start.lstrip(_TEXT).startswith(b"loader,action,"),
}

_READERS: Mapping[str, Callable[[Path], Any]] = {
    "gguf": read_gguf,
    "npy": npy_array,
    "torch": read_torch,
    "npz": npz_arrays,
    "safetensors": _safetensors,
    "json": json_object,
    "csv": lambda path: _bounded(path).decode("utf-8-sig", "replace"),
}
