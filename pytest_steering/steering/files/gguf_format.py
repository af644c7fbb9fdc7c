"""GGUF control vectors: llama.cpp, repeng, EasySteer, and the GLP files that name an operation."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents
from pytest_steering.steering.files.format_registry import vector_format, writable
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.model_types import model_type_of

if TYPE_CHECKING:
    from torch import Tensor

_ARCHITECTURE = "controlvector"
_DIRECTION = re.compile(r"direction\.(0|[1-9]\d{0,5})")
_HOOK = "residual_stream_post_layer"
_MODES = {"add": "add", "project": "ablate"}


def _matches(contents: Contents) -> bool:
    if contents.kind != "gguf":
        return False
    said = contents.value.values.get("general.architecture")
    return said == _ARCHITECTURE or any(name.startswith("direction") for name in contents.value.tensors)


@vector_format("gguf", "GGUF control vector (llama.cpp, repeng, EasySteer)", _matches)
def read_gguf_vector(contents: Contents, _hints: Hints) -> Found:
    """Return the tensors `direction.N`; N is the output of block N, counted from 0."""
    held = contents.value
    if not held.tensors:
        raise VectorError(f"{contents.path} is a GGUF control vector without a direction")
    other = [name for name in held.tensors if not _DIRECTION.fullmatch(name)]
    if other:
        raise VectorError(
            f"{contents.path} is no control vector that llama.cpp reads: it holds "
            f"{printable(other[0], 40)!r} "
            "beside tensors named direction.<block>"
        )
    wide = {name: shape for name, shape in held.shapes.items() if sum(size != 1 for size in shape) > 1}
    if wide:
        name, shape = next(iter(wide.items()))
        raise VectorError(
            f"{contents.path}: {name} has the shape {list(shape)}; a direction has one axis. A file of "
            "several "
            "directions a layer is no control vector"
        )
    notes, said = _operation(contents.path, held.values)
    directions = {int(_DIRECTION.fullmatch(name)[1]): one for name, one in held.tensors.items()}  # type: ignore[index]
    if 0 in directions:
        notes = (*notes, "llama.cpp refuses a file with direction.0; here it is the output of block 0")
    return Found(
        directions, method=_said(held.values, "method"), said={**_model(held.values), **said}, notes=notes
    )


def _operation(path: Path, values: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return what the GLP extension says is done with the directions; its strength is never folded in."""
    mode, hook = values.get("glp.mode", "add"), values.get("glp.hook_point", _HOOK)
    if mode not in _MODES:
        raise VectorError(
            f"{path} asks for glp.mode {printable(str(mode), 40)!r}, which is not known; add or project"
        )
    if hook != _HOOK:
        raise VectorError(
            f"{path} is for the hook point {printable(str(hook), 60)!r}; vectors are applied at block "
            "outputs here, "
            f"which GLP calls {_HOOK}"
        )
    if not any(key.startswith("glp.") for key in values):
        return (), {}
    strength = values.get("glp.alpha_default")
    at = "" if strength is None else f", scale={float(strength):g}"
    said = {"operation": _MODES[mode]} | ({} if strength is None else {"strength": f"{float(strength):g}"})
    asked = f"it asks for Intervention(…, operation={_MODES[mode]!r}{at}); its strength is not multiplied in"
    return ((asked,) if mode != "add" or at else ()), said


def _model(values: Mapping[str, Any]) -> dict[str, str]:
    hint = _said(values, "model_hint")
    return {"model_hint": hint, **model_type_of(hint)} if hint else {}


def _said(values: Mapping[str, Any], key: str) -> str:
    return printable(str(values.get(f"{_ARCHITECTURE}.{key}") or ""), 80)


@writable("gguf", ("provenance but the model's type", "the texts behind it"), (".gguf",))
def write_gguf_vector(directions: Mapping[int, Tensor], said: Mapping[str, str]) -> bytes:
    """Return a file of float32 tensors `direction.N`: llama.cpp refuses whatever is beside them."""
    if 0 in directions:
        raise VectorError(
            "a GGUF control vector cannot say block 0: llama.cpp refuses the whole file. Leave it out with "
            "vector.only(layers), or keep the vector as safetensors"
        )
    try:
        from gguf import GGUFWriter
    except ImportError as error:
        raise VectorError(
            "GGUF files are written by the package gguf: pip install 'pytest-steering[gguf]'"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vector.gguf"
        writer = GGUFWriter(path, _ARCHITECTURE)
        writer.add_string(
            f"{_ARCHITECTURE}.model_hint", said.get("model_hint") or said.get("model_type") or "unknown"
        )
        writer.add_uint32(f"{_ARCHITECTURE}.layer_count", len(directions))
        if said.get("method"):
            writer.add_string(f"{_ARCHITECTURE}.method", said["method"])
        for layer, direction in directions.items():
            writer.add_tensor(f"direction.{layer}", direction.float().numpy())
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()
