"""One feature's decoder row out of a sparse autoencoder: SAELens, Gemma Scope, dictionary_learning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents, json_object
from pytest_steering.steering.files.format_registry import vector_format
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.numbering import BLOCK_INPUT, BLOCK_OUTPUT
from pytest_steering.steering.files.rows import block_named, numbers, picked_row

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = "sae_weights.safetensors"


def _is_saelens(contents: Contents) -> bool:
    return contents.kind == "folder" and {"cfg.json", WEIGHTS} <= contents.value


@vector_format("saelens", "SAELens folder", _is_saelens, "feature")
def read_saelens(contents: Contents, hints: Hints) -> Found:
    """Return the row of W_dec of one feature, at the hook that the folder's config names."""
    config = json_object(contents.path / "cfg.json")
    metadata = config.get("metadata") if isinstance(config, Mapping) else None
    hook = str(
        (metadata if isinstance(metadata, Mapping) else {}).get("hook_name") or config.get("hook_name") or ""
    )
    named = block_named(hook)
    if named is None:
        raise VectorError(
            f"{contents.path} is a sparse autoencoder of {printable(hook or 'no hook that it names', 80)}; "
            "those of the "
            "residual stream are read (hook_resid_post, hook_resid_pre)"
        )
    row = decoder_row(contents.path / WEIGHTS, _feature(hints, contents.path))
    said = {"feature": str(hints.feature), **_model(config, metadata)}
    return Found({named[0]: row}, BLOCK_INPUT if named[1] else BLOCK_OUTPUT, "sae", said)


def _model(*says: Any) -> dict[str, str]:
    named = (one["model_name"] for one in says if isinstance(one, Mapping) and one.get("model_name"))
    return {"model": printable(str(name), 80)} if (name := next(named, None)) else {}


def decoder_row(path: Path, feature: int) -> Tensor:
    """Return one row of W_dec of a safetensors file; of all others nothing is read.

    Raises:
        VectorError: The file is damaged, has no W_dec, or no such feature.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            table = file.get_slice("W_dec")
            shape = list(table.get_shape())
            if len(shape) != 2 or feature >= shape[0]:
                raise VectorError(
                    f"{path} has W_dec of shape {shape} and no feature {feature:,}; they count from 0"
                )
            row: Tensor = table[feature : feature + 1][0]
            return row
    except (SafetensorError, OSError) as error:
        raise VectorError(
            f"{path} holds no decoder W_dec that can be read: {printable(str(error), 200)}"
        ) from error


def _is_gemma_scope(contents: Contents) -> bool:
    return contents.kind == "npz" and {"W_dec", "W_enc"} <= contents.keys


@vector_format("gemma-scope", "Gemma Scope (params.npz)", _is_gemma_scope, "feature", "layer")
def read_gemma_scope(contents: Contents, hints: Hints) -> Found:
    """Return the row of W_dec of one feature; its layer stands in the path alone."""
    parts = contents.path.absolute().parts
    other = next(
        (part for part in parts if re.fullmatch(r"gemma-scope-.*-(att|mlp|transcoders)", part)), None
    )
    if other:
        raise VectorError(
            f"{contents.path} is of {printable(other, 80)}; those of the residual stream (-res) are read"
        )
    named = [int(found[1]) for part in parts if (found := re.fullmatch(r"layer_(\d{1,6})", part))]
    layer = (
        named[-1]
        if named
        else _layer(hints, contents.path, "its layer stands in the path of Gemma Scope alone")
    )
    row = picked_row(numbers(contents.value["W_dec"], str(contents.path)), _feature(hints, contents.path),
                     str(contents.path), "feature")  # fmt: skip
    return Found({layer: row}, method="sae", said={"feature": str(hints.feature)})


def _is_dictionary(contents: Contents) -> bool:
    return contents.kind == "torch" and {"decoder.weight", "encoder.weight"} <= contents.keys


@vector_format(
    "dictionary-learning", "dictionary_learning (ae.pt)", _is_dictionary, "feature", "axis", "layer"
)
def read_dictionary(contents: Contents, hints: Hints) -> Found:
    """Return the column of decoder.weight [hidden, features] of one feature."""
    path, weight = contents.path, numbers(contents.value["decoder.weight"], str(contents.path))
    if weight.dim() != 2:
        raise VectorError(f"{path} has a decoder of shape {list(weight.shape)}; [hidden, features] expected")
    if weight.shape[0] == weight.shape[1] and hints.axis is None:
        raise VectorError(
            f"{path} has a square decoder, {list(weight.shape)}: whether a feature is a column or a row "
            "cannot be told; "
            "say axis=1 for columns, as dictionary_learning keeps them, or axis=0 for rows"
        )
    table = weight if hints.axis == 0 else weight.T
    row = picked_row(table, _feature(hints, path), str(path), "feature")
    return Found({_trained_at(contents, hints): row}, method="sae", said={"feature": str(hints.feature)})


def _trained_at(contents: Contents, hints: Hints) -> int:
    beside = contents.beside("config.json")
    config = json_object(beside) if beside else {}
    trainer = config.get("trainer") if isinstance(config, Mapping) else None
    layer = trainer.get("layer") if isinstance(trainer, Mapping) else None
    if isinstance(layer, int) and not isinstance(layer, bool) and layer >= 0 and hints.layer is None:
        return layer
    return _layer(hints, contents.path, "no config.json beside it names its layer")


def _layer(hints: Hints, path: Path, why: str) -> int:
    if hints.layer is None:
        raise VectorError(
            f"{path}: {why}; say which block's output it is: SteeringVector.load(path, layer=…)"
        )
    return hints.layer


def _feature(hints: Hints, path: Path) -> int:
    if hints.feature is None:
        raise VectorError(
            f"{path} is a sparse autoencoder: a direction is one feature's row of its decoder; say which: "
            "SteeringVector.load(path, feature=…)"
        )
    return hints.feature
