"""Where a vector comes from, and whether it is applied there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.experiments.observation.state import first_weights

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

SITE = "block output"

_tokenizers: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def made_from(model: SteerableModel, layers: Sequence[int]) -> dict[str, str]:
    """Return what a vector of this model says of the model: names, hashes, layers, site, versions."""
    return {
        "model": model.name,
        "model_type": model.architecture.model_type,
        "revision": str(getattr(model.loaded.module.config, "_commit_hash", None) or ""),
        "weights": model.weights,
        "tokenizer": tokenizer_hash(model.loaded.tokenizer),
        "template": _short(str(getattr(model.loaded.tokenizer, "chat_template", None) or "")),
        "layers": ",".join(map(str, layers)),
        "site": SITE,
        "versions": _versions(),
    }


def differences(intervention: Intervention, model: SteerableModel) -> list[str]:
    """Return in which ways a vector was made for something else than this use; empty for a vector that fits.

    What the vector does not say cannot differ: a vector made by hand belongs to no model.

    Args:
        intervention: The vector and its layers.
        model: What it is applied to.
    """
    said = intervention.vector.provenance
    found = {
        "model_type": model.architecture.model_type,
        "weights": first_weights(model.loaded.module),
        "tokenizer": tokenizer_hash(model.loaded.tokenizer),
        "template": _short(str(getattr(model.loaded.tokenizer, "chat_template", None) or "")),
        "site": SITE,
    }
    other = [
        f"{name} {_shown(said[name])}, here {_shown(here)}"
        for name, here in found.items()
        if said.get(name, here) != here
    ]
    return other + _other_layers(said, intervention.at)


def tokenizer_hash(tokenizer: Any) -> str:
    """Return a hash over a tokenizer's vocabulary and special tokens."""
    if tokenizer not in _tokenizers:
        words = sorted(tokenizer.get_vocab().items())
        special = sorted(map(str, getattr(tokenizer, "all_special_tokens", ())))
        _tokenizers[tokenizer] = _short(json.dumps([words, special], ensure_ascii=True))
    return _tokenizers[tokenizer]


def _other_layers(said: Mapping[str, str], at: Sequence[int]) -> list[str]:
    if "layers" not in said:
        return []
    made = {int(layer) for layer in said["layers"].split(",") if layer}
    other = [layer for layer in at if layer not in made]
    return [f"layers {said['layers']}, applied at {other}"] if other else []


@cache
def _versions() -> str:
    packages = ("pytest-steering", "torch", "transformers")
    return ", ".join(f"{name} {_version(name)}" for name in packages)


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shown(value: str) -> str:
    return value[:12] or "none"
