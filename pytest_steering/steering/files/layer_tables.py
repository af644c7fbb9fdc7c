"""Tables with a row a layer or a concept: persona vectors, hidden-directions, AxBench, plain arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents, json_object
from pytest_steering.steering.files.format_registry import vector_format
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.numbering import BLOCK_OUTPUT, HIDDEN_STATES
from pytest_steering.steering.files.rows import numbers, picked_row

if TYPE_CHECKING:
    from torch import Tensor

_PERSONA = re.compile(r".+_(?:response|prompt)_(?:avg|last)_diff\.\w+|.+_prompt_last_diff\.\w+")
_AXBENCH = re.compile(r".*_?weight\.\w+")
_MANIFEST = "manifest.json"


def _table(contents: Contents) -> bool:
    return contents.kind in ("torch", "npy") and getattr(contents.value, "ndim", 0) == 2


def _kind(contents: Contents) -> str:
    """Return what a table's rows are: numbers cannot tell, its name or what lies beside it does."""
    if contents.beside(_MANIFEST):
        return "hidden-directions"
    if _PERSONA.fullmatch(contents.path.name):
        return "persona-vectors"
    return "axbench" if _AXBENCH.fullmatch(contents.path.name) else "table"


@vector_format("persona-vectors", "persona vectors (…_response_avg_diff.pt)",
               lambda one: _table(one) and _kind(one) == "persona-vectors")  # fmt: skip
def read_persona(contents: Contents, hints: Hints) -> Found:
    """Return rows of hidden_states: the embeddings' row and the one after the final norm are left out."""
    table = numbers(contents.value, str(contents.path))
    if hints.depth is not None and len(table) == hints.depth and hints.numbering is None:
        raise VectorError(
            f"{contents.path} has {len(table)} rows, as many as the model has blocks; persona vectors have "
            "one more, of "
            "the embeddings. Say what its rows are: numbering='block_output' or numbering='hidden_states'"
        )
    return _stacked(table, hints.numbering or HIDDEN_STATES)


@vector_format("hidden-directions", "hidden-directions (.pt and manifest.json)",
               lambda one: _table(one) and _kind(one) == "hidden-directions")  # fmt: skip
def read_hidden_directions(contents: Contents, hints: Hints) -> Found:
    """Return a row a block, and the layer and strength that the manifest recommends."""
    beside = contents.beside(_MANIFEST)
    manifest = json_object(beside) if beside else {}
    wanted = {name: manifest.get(name) for name in ("recommended_layer", "recommended_alpha")} \
        if isinstance(manifest, Mapping) else {}  # fmt: skip
    said = {name: printable(str(value), 40) for name, value in wanted.items() if value is not None}
    notes = (f"its manifest recommends {', '.join(f'{n} {v}' for n, v in said.items())}",) if said else ()
    found = _stacked(numbers(contents.value, str(contents.path)), hints.numbering or BLOCK_OUTPUT)
    return Found(found.directions, found.numbering, said=said, notes=notes, rows=found.rows)


@vector_format("axbench", "AxBench (…_weight.pt)", lambda one: _table(one) and _kind(one) == "axbench",
               "row", "layer")  # fmt: skip
def read_axbench(contents: Contents, hints: Hints) -> Found:
    """Return the row of one concept; no layer stands in the file."""
    row = picked_row(numbers(contents.value, str(contents.path)), hints.row, str(contents.path))
    if hints.layer is None:
        raise VectorError(
            f"{contents.path} does not say its layer; SteeringVector.load(path, row=…, layer=…)"
        )
    said = {"row": str(hints.row or 0)}
    return Found(
        {hints.layer: row},
        said=said,
        notes=("AxBench steers at max_act × factor, which is not multiplied in",),
    )


@vector_format("table", "a table of numbers (.npy, .pt)", lambda one: _table(one) and _kind(one) == "table",
               "row", "layer")  # fmt: skip
def read_table(contents: Contents, hints: Hints) -> Found:
    """Return rows as a person says they are: of layers, or one of several directions."""
    table, where = numbers(contents.value, str(contents.path)), str(contents.path)
    if hints.row is not None and hints.layer is not None:
        return Found({hints.layer: picked_row(table, hints.row, where)}, said={"row": str(hints.row)})
    if hints.numbering is None:
        raise VectorError(
            f"{where} has {table.shape[0]:,} rows of {table.shape[1]:,} numbers and does not say what a row "
            "is; say "
            "numbering='block_output' or 'hidden_states' where rows are layers, or row=… and layer=… for one "
            "direction"
        )
    return _stacked(table, hints.numbering)


def _stacked(table: Tensor, numbering: str) -> Found:
    if len(table) > 2000:
        raise VectorError(f"a table of {len(table):,} rows is none of layers; say row=… and layer=…")
    rows = len(table) if numbering == HIDDEN_STATES else None
    return Found(dict(enumerate(table)), numbering, rows=rows)


def bare(contents: Contents) -> bool:
    """Return whether a file holds one direction and nothing else."""
    value: Any = contents.value
    return contents.kind in ("torch", "npy") and getattr(value, "ndim", 0) == 1
