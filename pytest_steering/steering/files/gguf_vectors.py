"""The header and tensors of a small GGUF file, read by hand: no promise of a header is believed unseen.

The package `gguf` builds what a header promises before it looks whether the file has it; a control vector of
a stranger is a file of a few numbers and can be read within its own bytes.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable

if TYPE_CHECKING:
    from torch import Tensor

_MOST_BYTES = 1 << 31
_VECTOR = "controlvector"

# Types of values by number, as the format's specification lists them: struct's letter of each.
_LETTERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

_FLOATS = {0: ("float32", 4), 1: ("float16", 2), 28: ("float64", 8), 30: ("bfloat16", 2)}
"""Types of tensors by number, with torch's name and the bytes of a number; those of others are quantised."""


@dataclass(frozen=True)
class GGUFVector:
    """What a GGUF file holds.

    Attributes:
        values: Its keys with their values; a list has at most as many entries as the file has bytes for.
        tensors: By name, as stored. None of a model's are read: it is told by its architecture.
        kinds: Each tensor's type, by name.
        shapes: Each tensor's shape as the header has it, by name.
    """

    values: Mapping[str, Any]
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def read_gguf(path: Path) -> GGUFVector:
    """Return a control vector's keys and tensors, or no more than the first keys of a model.

    Raises:
        VectorError: The file is damaged, of another version, or holds numbers that are packed.
    """
    with path.open("rb") as file:
        data = file.read(min(path.stat().st_size, _MOST_BYTES))
    try:
        return _Reader(data).vector()
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise VectorError(
            f"{path} is a damaged GGUF file: {printable(str(error), 200)}; get the file again"
        ) from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 4

    def vector(self) -> GGUFVector:
        (version,) = self._take("<I")
        if version not in (2, 3):
            raise ValueError(f"version {version}, and versions 2 and 3 are read")
        tensors, keys = self._take("<QQ")
        values: dict[str, Any] = {}
        for _ in range(keys):
            name = self._text()
            values[name] = self._value(*self._take("<I"))
            if (
                name == "general.architecture"
                and values[name] != _VECTOR
                and "direction." not in self._names()
            ):
                return GGUFVector(values)
        return self._tensors(values, tensors)

    def _names(self) -> str:
        """Return what may be names of tensors: a vector whose header names no architecture is one too."""
        return self._data[: 1 << 16].decode("latin-1")

    def _tensors(self, values: Mapping[str, Any], count: int) -> GGUFVector:
        infos = [self._info() for _ in range(count)]
        names = [name for name, *_ in infos]
        if len(set(names)) != len(names):
            raise ValueError("a tensor's name stands there twice")
        align = int(values.get("general.alignment", 32) or 32)
        start = math.ceil(self._at / align) * align
        kinds = {name: _FLOATS[kind][0] for name, _, kind, _ in infos}
        tensors = {name: self._numbers(name, shape, kind, start + at) for name, shape, kind, at in infos}
        return GGUFVector(values, tensors, kinds, {name: shape for name, shape, *_ in infos})

    def _info(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self._text()
        (axes,) = self._take("<I")
        if axes > 4:
            raise ValueError(f"the tensor {name!r} has {axes} axes")
        shape = self._take(f"<{axes}Q")
        kind, offset = self._take("<IQ")
        if kind not in _FLOATS:
            raise ValueError(f"the tensor {name!r} is of type {kind}, which is packed; float32 is expected")
        return name, shape, kind, offset

    def _numbers(self, name: str, shape: tuple[int, ...], kind: int, start: int) -> Tensor:
        import torch

        dtype, size = _FLOATS[kind]
        count = math.prod(shape)
        if not count or start + count * size > len(self._data):
            raise ValueError(
                f"its header promises {count:,} numbers of {name!r}, and the file ends before they do"
            )
        raw = bytearray(self._data[start : start + count * size])
        return torch.frombuffer(raw, dtype=getattr(torch, dtype)).float()

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            of, length = self._take("<IQ")
            if length > len(self._data) or of == _ARRAY:
                raise ValueError(f"its header promises a list of {length:,} entries of type {of}")
            return [self._value(of) for _ in range(length)]
        if kind not in _LETTERS:
            raise ValueError(f"a value of type {kind}, which the format does not know")
        return self._take(f"<{_LETTERS[kind]}")[0]

    def _text(self) -> str:
        (length,) = self._take("<Q")
        end = self._at + length
        if end > len(self._data):
            raise ValueError(f"its header promises a text of {length:,} bytes")
        self._at, start = end, self._at
        return self._data[start:end].decode("utf-8")

    def _take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return found
