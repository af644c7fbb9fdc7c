"""JSON of the same name and other content: .svec of IBM's activation-steering and of AISteer360."""

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
from pytest_steering.steering.files.model_types import model_type_of
from pytest_steering.steering.files.numbering import BLOCK_INPUT
from pytest_steering.steering.files.rows import layer_number, numbers, picked_row

if TYPE_CHECKING:
    from torch import Tensor


def _directions(contents: Contents) -> Mapping[str, Any]:
    if contents.kind != "json" or not isinstance(contents.value, Mapping):
        return {}
    found = contents.value.get("directions")
    return found if isinstance(found, Mapping) else {}


def _nested(contents: Contents) -> bool:
    first = next(iter(_directions(contents).values()), None)
    return isinstance(first, list) and bool(first) and isinstance(first[0], list)


def _is_ibm(contents: Contents) -> bool:
    return bool(_directions(contents)) and not _nested(contents)


@vector_format("ibm", "IBM activation-steering (.svec)", _is_ibm)
def read_ibm(contents: Contents, hints: Hints) -> Found:
    """Return directions where IBM's tool adds them: l at the input of block l, though read at its output."""
    where = str(contents.path)
    rows = {layer_number(key, where): numbers(row, where) for key, row in _directions(contents).items()}
    notes = () if hints.numbering else (_READ_ELSEWHERE,)
    return Found(rows, BLOCK_INPUT, said=_model(contents.value), notes=notes)


_READ_ELSEWHERE = (
    "IBM's tool reads direction l at the output of block l and adds it at that block's input, one block "
    "earlier; it "
    "is placed where it is added. numbering='block_output' places it where it was read"
)


@vector_format("aisteer360", "AISteer360 (.svec)", _nested, "row")
def read_aisteer(contents: Contents, hints: Hints) -> Found:
    """Return one of the K directions of each layer; number l is the output of block l."""
    where = str(contents.path)
    rows = {
        layer_number(key, where): picked_row(
            numbers(rows, where), hints.row, f"{where}, layer {printable(key, 9)}"
        )
        for key, rows in _directions(contents).items()
    }
    return Found(rows, said=_model(contents.value))


def _model(value: Mapping[str, Any]) -> dict[str, str]:
    hint = printable(str(value.get("model_type") or ""), 80)
    return {"model_hint": hint, **model_type_of(hint)} if hint else {}


@writable("ibm", ("provenance but the model's type", "the texts behind it", "how it was made"), (".svec",))
def write_ibm(directions: Mapping[int, Tensor], said: Mapping[str, str]) -> bytes:
    """Return a file that IBM's tool applies at the same places: what leaves block k enters block k + 1."""
    if not directions:
        raise VectorError("a file needs a direction")
    rows = {str(layer + 1): direction.tolist() for layer, direction in directions.items()}
    variances = dict.fromkeys(rows, 0.0)
    content = {
        "model_type": said.get("model_type", "unknown"),
        "directions": rows,
        "explained_variances": variances,
    }
    return json.dumps(content).encode()
