"""Which GGUF file is meant, and of which architecture: from its header alone.

A family's marker is wanted while tests are collected; the readers of `gguf` and transformers unpack the
vocabulary for it, which takes seconds, or import torch.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from pytest_steering.errors import ModelError
from pytest_steering.llama_cpp_words import MODEL_TYPES

MAGIC = b"GGUF"
_POINTER = b"version https://git-lfs"
_VERSIONS = (2, 3)
_ARCHITECTURE = "general.architecture"

# Types of values by number, as the format's specification lists them.
_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9
_LONGEST_KEY = 65535


def gguf_in(path: Path) -> Path | None:
    """Return the GGUF file that a path means, or None for the folder of an ordinary model.

    Args:
        path: A file, or a folder; there weights of the ordinary kind come first.

    Raises:
        ModelError: A folder holds several GGUF files.
    """
    if path.is_file():
        return path
    files = sorted(path.glob("*.gguf"))
    if not files or any(path.glob("*.safetensors")):
        return None
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ModelError(f"{path} holds {len(files)} GGUF files ({names}); give the path of the one you mean")
    return files[0]


def gguf_model_type(path: Path) -> str:
    """Return transformers' model_type of the model in a GGUF file.

    Args:
        path: The file.

    Raises:
        ModelError: It is no GGUF file, or its header cannot be read.
    """
    try:
        with path.open("rb") as file:
            _require_gguf(path, file.read(len(_POINTER)))
            file.seek(len(MAGIC))
            architecture = _architecture(path, file)
    except EOFError as error:
        raise ModelError(f"the header of {path} is cut short; fetch the file again") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except (KeyError, UnicodeDecodeError) as error:
        raise ModelError(
            f"the header of {path} is not as GGUF files have it; fetch the file again"
        ) from error
    return MODEL_TYPES.get(architecture, architecture)


def _require_gguf(path: Path, start: bytes) -> None:
    if start == _POINTER:
        raise ModelError(f"{path} is a pointer of Git LFS, not the model; fetch that with git lfs pull")
    if not start.startswith(MAGIC):
        raise ModelError(
            f"{path} is no GGUF file: it begins with {start[: len(MAGIC)]!r}, not with {MAGIC!r}; a model is "
            "a folder with a config.json, or a GGUF file"
        )


def _architecture(path: Path, file: BinaryIO) -> str:
    (version,) = _read(file, "<I")
    if version not in _VERSIONS:
        raise ModelError(f"{path} is GGUF of version {version}; versions 2 and 3 can be read")
    _tensors, values = _read(file, "<QQ")
    for _ in range(values):
        key = _text(file)
        (kind,) = _read(file, "<I")
        if key == _ARCHITECTURE and kind == _STRING:
            return _text(file)
        _skip(file, kind)
    raise ModelError(f"{path} names no {_ARCHITECTURE} in its header, so nobody knows how to read it")


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        (length,) = _read(file, "<Q")
        _pass_over(file, length)
    elif kind == _ARRAY:
        kind, length = _read(file, "<IQ")
        if kind != _STRING:
            _pass_over(file, _BYTES[kind] * length)
            return
        for _ in range(length):
            _skip(file, _STRING)
    else:
        _pass_over(file, _BYTES[kind])


def _pass_over(file: BinaryIO, length: int) -> None:
    """Move on within the file; a length that a broken header gives may lie beyond what can be counted."""
    if length >= 1 << 62:
        raise EOFError
    file.seek(length, 1)


def _text(file: BinaryIO) -> str:
    (length,) = _read(file, "<Q")
    if length > _LONGEST_KEY:
        raise EOFError
    return _bytes(file, length).decode("utf-8")


def _read(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, _bytes(file, struct.calcsize(form)))


def _bytes(file: BinaryIO, length: int) -> bytes:
    found = file.read(length)
    if len(found) < length:
        raise EOFError
    return found
