"""One tensor a file: CAA's vec_layer_…, refusal_direction's direction.pt, and what has no layer at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents, contents_of, json_object
from pytest_steering.steering.files.format_registry import vector_format
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.layer_tables import bare
from pytest_steering.steering.files.numbering import BLOCK_INPUT
from pytest_steering.steering.files.rows import layer_number, numbers

_CAA = re.compile(r"vec_layer_(\d{1,6})(?:_(.+))?\.pt")
_REFUSAL = "direction_metadata.json"


def _is_refusal(contents: Contents) -> bool:
    beside = contents.beside(_REFUSAL) is not None
    return beside and (bare(contents) or (contents.kind == "folder" and "direction.pt" in contents.value))


@vector_format("refusal-direction", "refusal_direction (direction.pt)", _is_refusal)
def read_refusal(contents: Contents, _hints: Hints) -> Found:
    """Return the direction, which was read at the input of the layer that its metadata name."""
    beside = contents.beside(_REFUSAL)
    metadata = json_object(beside) if beside else {}
    if not isinstance(metadata, Mapping) or "layer" not in metadata:
        raise VectorError(f"{beside} does not name the layer of the direction beside it")
    held = contents if contents.kind != "folder" else contents_of(contents.path / "direction.pt")
    if held is None or not bare(held):
        raise VectorError(f"{contents.path} holds no direction of one axis in direction.pt")
    layer = layer_number(metadata["layer"], str(beside))
    said = {"read_at": printable(str(metadata.get("pos")), 20)}
    return Found(
        {layer: numbers(held.value, str(held.path))}, BLOCK_INPUT, "mean_difference", said, (_EVERYWHERE,)
    )


_EVERYWHERE = "the paper ablates it at every block's input, attention and MLP output, not at one block alone"


def _is_caa(contents: Contents) -> bool:
    if contents.kind == "folder":
        return any(_CAA.fullmatch(name) for name in contents.value)
    return bare(contents) and bool(_CAA.fullmatch(contents.path.name)) and not _is_refusal(contents)


@vector_format("caa", "CAA (vec_layer_….pt, or a folder of them)", _is_caa, "layer")
def read_caa(contents: Contents, hints: Hints) -> Found:
    """Return a direction a file; the number in a file's name is the block whose output it is."""
    folder = contents.kind == "folder"
    names = sorted(contents.value) if folder else [contents.path.name]
    named = {name: found for name in names if (found := _CAA.fullmatch(name))}
    models = {found[2] or "" for found in named.values()}
    if len(models) > 1:
        raise VectorError(
            f"{contents.path} holds vectors of {len(models)} models "
            f"({', '.join(printable(m, 60) for m in sorted(models))}); name one file"
        )
    files = {
        int(found[1]): contents_of(contents.path / name) if folder else contents
        for name, found in named.items()
    }
    if not folder and hints.layer not in (None, next(iter(files))):
        raise VectorError(
            f"{contents.path} is of layer {next(iter(files))} by its name, and layer={hints.layer} was said"
        )
    other = [layer for layer, one in files.items() if one is None or not bare(one)]
    if other:
        raise VectorError(f"{contents.path}: the file of layer {other[0]} holds no direction of one axis")
    said = {"model": printable(model, 80)} if (model := next(iter(models))) else {}
    directions = {layer: numbers(one.value, str(one.path)) for layer, one in files.items() if one}
    return Found(
        directions, method="mean_difference", said={**said, "read_at": "the answer's letter, token −2"}
    )


def _is_bare(contents: Contents) -> bool:
    return bare(contents) and not _is_caa(contents) and not _is_refusal(contents)


@vector_format("tensor", "one tensor (.pt, .npy)", _is_bare, "layer")
def read_tensor(contents: Contents, hints: Hints) -> Found:
    """Return the direction at the layer that a person names."""
    if hints.layer is None:
        raise VectorError(
            f"{contents.path} holds one direction and does not say of which layer; say which block's output "
            "it is: "
            "SteeringVector.load(path, layer=…)"
        )
    return Found({hints.layer: numbers(contents.value, str(contents.path))})
