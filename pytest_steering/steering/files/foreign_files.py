"""What a file or folder of another tool is that was given as a steering vector, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_kinds import file_kind
from pytest_steering.plain_json import parsed

SAVE = "SteeringVector({layer: tensor}).save(path)"

_LONGEST_LINE = 1 << 20

_LARGEST = 1 << 28
"""Bytes of a JSON file that is looked into."""

PICKLED = (
    "a pickle, as torch.save writes too, and reading one can run any code, so it was not read. "
    f"If you trust it, load it yourself, keep its tensors with {SAVE}, and load that file"
)

_TAKE = f"Take its arrays out, keep them with {SAVE}, and load that file"

_NUMPY = (
    "load it with numpy.load(path, allow_pickle=False), say which block's output each row belongs to, keep "
    f"the rows with {SAVE}, and load that file"
)


def what_it_is(path: Path) -> str:
    """Return what lies at a path that holds no steering vector of ours; nothing where that is not known.

    Args:
        path: A file or folder.
    """
    if path.is_dir():
        return _folder(path)
    if not path.exists() and not path.is_symlink():
        return "no file at all: there is no such file"
    found = file_kind(path)
    if found.startswith("a GGUF"):
        return "a model in GGUF form: give it to SteerableModel.load"
    if found.startswith("a NumPy"):
        return f"{found}; {_NUMPY}"
    return found or (PICKLED if _pickled(path) else _text(path))


def _folder(path: Path) -> str:
    names = {one.name for one in path.iterdir()}
    if "adapter_config.json" in names:
        return "a folder of an adapter (PEFT): it changes weights and holds no direction"
    if "config.json" in names:
        return "a folder of a model: give it to SteerableModel.load"
    files = ", ".join(sorted(name for name in names if name.endswith(".safetensors"))[:3]) or "none"
    return f"a folder; name a file that SteeringVector.save wrote (.safetensors files in it: {files})"


def _text(path: Path) -> str:
    """Return what a file of JSON or of commas is."""
    with path.open("rb") as file:
        start = file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")) or path.stat().st_size > _LARGEST:
        return ""
    try:
        found = parsed(path.read_bytes())
    except DataError:
        return json_lines(path) or "JSON, or JSON lines, that cannot be read as one object"
    return _object(found) if isinstance(found, Mapping) else "a list in JSON, which names no layers"


def json_lines(path: Path) -> str:
    """Return what a file of JSON lines is by its first one; nothing where that is no object.

    Args:
        path: A file that is not JSON as a whole.
    """
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE).lstrip(b"\xef\xbb\xbf")
    try:
        found = parsed(first)
    except DataError:
        return ""
    return _row(found) or f"JSON lines with {_fields(found)}" if isinstance(found, Mapping) else ""


def _row(found: Mapping[str, Any]) -> str:
    """Return what a row of data is; nothing where its fields are others."""
    if all(isinstance(found.get(side), str) for side in ("positive", "negative")):
        return (
            "JSON lines of contrast pairs, of which a vector is made: pytest-steering try --pairs FILE, or "
            "SteeringVector.from_contrast(model, positive, negative)"
        )
    texts = ("prompt", "question", "text", "response")
    return f"JSON lines of data with {_fields(found)}, and no vector" if {*texts} & found.keys() else ""


def _fields(found: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, list(found)[:4])) or "nothing in them"


def _object(found: Mapping[str, Any]) -> str:
    return _row(found) or f"JSON with {', '.join(map(repr, list(found)[:4])) or 'nothing in it'}. {_TAKE}"


def _pickled(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(9)
    # The first byte may also be of the length that a safetensors file begins with; its header follows.
    return start.startswith(b"PK\x03\x04") or (start[:1] == b"\x80" and start[8:] != b"{")
