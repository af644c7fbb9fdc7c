"""Mappings of layers to tensors: what steering-vectors keeps, saved as tensors, and others like it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents
from pytest_steering.steering.files.format_registry import vector_format, writable
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.numbering import BLOCK_INPUT, BLOCK_OUTPUT
from pytest_steering.steering.files.rows import block_named, numbers
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from torch import Tensor

_BLOCK = "decoder_block"


def _activations(contents: Contents) -> Mapping[Any, Any]:
    """Return the mapping by layer: the whole, or the part of it where steering-vectors has that."""
    value = contents.value
    if contents.kind not in ("torch", "npz", "safetensors") or not isinstance(value, Mapping):
        return {}
    inner = value.get("layer_activations") if contents.kind == "torch" else None
    return inner if isinstance(inner, Mapping) else value


def _place(key: Any) -> tuple[int, bool] | None:
    if isinstance(key, str):
        return (int(key), False) if key.isdecimal() and len(key) <= 6 else block_named(key)
    number = whole_number(key)
    return None if number is None or number < 0 else (number, False)


def _matches(contents: Contents) -> bool:
    held = _activations(contents)
    arrays = contents.kind != "torch" or all(hasattr(one, "shape") for one in held.values())
    return bool(held) and arrays and all(_place(key) is not None for key in held)


@vector_format("tensors", "tensors by layer (steering-vectors, .pt, .npz, safetensors)", _matches)
def read_tensors(contents: Contents, _hints: Hints) -> Found:
    """Return a direction a key: a number, `layers.N`, `h.N`, or a hook of the residual stream."""
    where, held = str(contents.path), _activations(contents)
    kind = contents.value.get("layer_type", _BLOCK) if held is not contents.value else _BLOCK
    if kind != _BLOCK:
        raise VectorError(
            f"{where} is of the layer type {printable(str(kind), 40)!r}; vectors are applied at block "
            "outputs here, which "
            f"steering-vectors calls {_BLOCK!r}"
        )
    places = {key: place for key in held if (place := _place(key))}
    if len({entering for _, entering in places.values()}) > 1:
        raise VectorError(
            f"{where} holds tensors of what enters blocks and of what leaves them; keep them apart"
        )
    if len({layer for layer, _ in places.values()}) < len(places):
        raise VectorError(
            f"{where} holds two tensors of one layer: {', '.join(printable(str(key), 40) for key in places)}"
        )
    entering = next(iter(places.values()))[1]
    directions = {layer: numbers(held[key], where) for key, (layer, _) in places.items()}
    return Found(directions, BLOCK_INPUT if entering else BLOCK_OUTPUT)


_LOST = ("provenance", "the texts behind it", "how it was made")


@writable("tensors", _LOST, (".pt",))
def write_tensors(directions: Mapping[int, Tensor], _said: Mapping[str, str]) -> bytes:
    """Return what steering_vectors.SteeringVector(**torch.load(path)) takes."""
    import torch

    file = io.BytesIO()
    by_layer: dict[int, Tensor] = dict(directions)
    torch.save({"layer_activations": by_layer, "layer_type": _BLOCK}, file)
    return file.getvalue()


@vector_format("npz", "arrays by layer (.npz)", lambda _contents: False)
def read_arrays(contents: Contents, hints: Hints) -> Found:
    """Return what `tensors` returns, which reads them."""
    return read_tensors(contents, hints)


@writable("npz", _LOST, (".npz",))
def write_arrays(directions: Mapping[int, Tensor], _said: Mapping[str, str]) -> bytes:
    """Return a NumPy archive with an array `layer.N` a layer."""
    import numpy as np

    file = io.BytesIO()
    np.savez(file, **{f"layer.{layer}": direction.numpy() for layer, direction in directions.items()})  # type: ignore[arg-type]
    return file.getvalue()
