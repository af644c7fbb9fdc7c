"""Vectors of Neuronpedia: JSON of one direction at one hook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents
from pytest_steering.steering.files.format_registry import vector_format, writable
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.numbering import BLOCK_INPUT, BLOCK_OUTPUT
from pytest_steering.steering.files.rows import block_named, layer_number, numbers

if TYPE_CHECKING:
    from torch import Tensor

_HOOKS = {"resid_pre": BLOCK_INPUT, "resid_post": BLOCK_OUTPUT}


def _matches(contents: Contents) -> bool:
    return contents.kind == "json" and {"modelId", "vector"} <= contents.keys


@vector_format("neuronpedia", "Neuronpedia vector (JSON)", _matches)
def read_neuronpedia(contents: Contents, _hints: Hints) -> Found:
    """Return its direction; before or after the block is what its `hookType` says."""
    value, where = contents.value, str(contents.path)
    layer, numbering = _hooked(value, where)
    said = {"model": printable(str(value["modelId"]), 80)}
    strength = value.get("vectorDefaultSteerStrength")
    notes: tuple[str, ...] = ()
    if isinstance(strength, int | float) and not isinstance(strength, bool):
        said["strength"] = f"{strength:g}"
        notes = (f"Neuronpedia steers with it at strength {strength:g}, which is not multiplied in",)
    return Found({layer: numbers(value["vector"], where)}, numbering, said=said, notes=notes)


def _hooked(value: Mapping[str, Any], where: str) -> tuple[int, str]:
    kind = str(value.get("hookType") or "").replace("-", "_").removeprefix("hook_")
    if "layerNumber" in value and kind in _HOOKS:
        return layer_number(value["layerNumber"], where), _HOOKS[kind]
    named = block_named(str(value.get("hookName") or ""))
    if named:
        return named[0], BLOCK_INPUT if named[1] else BLOCK_OUTPUT
    raise VectorError(
        f"{where} is for the hook {printable(str(value.get('hookType') or value.get('hookName')), 60)!r} of "
        "layer "
        f"{printable(str(value.get('layerNumber')), 20)}; hook_resid_pre and hook_resid_post are read here"
    )


@writable(
    "neuronpedia",
    ("all layers but one", "provenance but the model's name", "the texts behind it"),
    (".json",),
)
def write_neuronpedia(directions: Mapping[int, Tensor], said: Mapping[str, str]) -> bytes:
    """Return the JSON of one direction, added after its block."""
    if len(directions) != 1:
        raise VectorError(
            f"a vector of Neuronpedia has one layer, and this one has {list(directions)}; cut it with "
            "vector.only([…])"
        )
    ((layer, direction),) = directions.items()
    content = {"modelId": said.get("model", "unknown"), "layerNumber": layer, "hookType": "hook_resid_post"}
    content |= {"vector": direction.tolist(), "vectorDefaultSteerStrength": float(said.get("strength") or 1)}
    return json.dumps(content).encode()
