"""Where a vector comes from, and whether it is applied there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.errors import VectorError
from pytest_steering.models.proving.fingerprint import (
    Marks,
    current_weights,
    marks,
)
from pytest_steering.steering.provenance import parts
from pytest_steering.steering.sites import SITES, argument_of

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.model_protocol import HeldModel
    from pytest_steering.steering.intervention import Intervention

_fitting: WeakKeyDictionary[Any, tuple[tuple[Marks, str, str, str], set[object]]] = WeakKeyDictionary()
"""For each module what of it decides whether a vector fits, and the vectors that do, by what they say."""

_tokenizers: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def made_from(model: HeldModel, layers: Sequence[int], weights: str) -> dict[str, str]:
    """Return what a vector of this model says of the model: names, hashes, layers, site, versions.

    Args:
        model: The model.
        layers: That the vector has directions for.
        weights: Fingerprint of the model's weights when the vector was made.
    """
    return {
        "model": model.name,
        "model_type": model.loaded.architecture.model_type,
        "revision": str(getattr(model.loaded.module.config, "_commit_hash", None) or ""),
        "weights": weights,
        "tokenizer": tokenizer_hash(model.loaded.tokenizer),
        "template": _template_hash(model.loaded),
        "layers": ",".join(map(str, layers)),
        "site": model.loaded.architecture.site,
        "versions": _versions(),
    }


def require_origin(name: str, loaded: LoadedModel, intervention: Intervention) -> None:
    """Raise VectorError when a vector was made for something else than this use, and that is not forced.

    Args:
        name: What the message calls the model.
        loaded: What the vector is applied to.
        intervention: The vector and its layers.
    """
    other = [] if intervention.forced else differences(intervention, loaded)
    if other:
        raise VectorError(
            f"the vector was made for something else ({'; '.join(other)}); extract one from {name}"
            f"{_its_site(intervention, loaded)}, or say Intervention(..., forced=True)"
        )


def _its_site(intervention: Intervention, loaded: LoadedModel) -> str:
    """Say how a vector is applied where it was made."""
    site = intervention.vector.provenance.get("site", loaded.architecture.site)
    elsewhere = site in SITES and site != loaded.architecture.site
    return f", apply it to model.at({argument_of(site)!r})" if elsewhere else ""


def require_origins(name: str, loaded: LoadedModel, interventions: Iterable[Intervention]) -> None:
    """Do as `require_origin` for several; what fits is looked at again when the model was written to.

    Args:
        name: What the message calls the model.
        loaded: What the vectors are applied to.
        interventions: The vectors and their layers.
    """
    tokenizer, template = tokenizer_hash(loaded.tokenizer), _template_hash(loaded)
    here = (marks(loaded.module), tokenizer, template, loaded.architecture.site)
    if loaded.module not in _fitting or _fitting[loaded.module][0] != here:
        _fitting[loaded.module] = here, set()
    fitting = _fitting[loaded.module][1]
    for one in interventions:
        said = (
            tuple((tuple(sorted(made.provenance.items())), at) for made, at in one.vectors.values()),
            one.forced,
        )
        if said not in fitting:
            require_origin(name, loaded, one)
            fitting.add(said)


def differences(intervention: Intervention, loaded: LoadedModel) -> list[str]:
    """Return in which ways a vector was made for something else than this use; empty for one that fits.

    What a vector does not say cannot differ: one made by hand belongs to no model.

    Args:
        intervention: The vector and its layers; a second vector and a condition have to fit as well.
        loaded: What it is applied to.
    """
    return [
        f"{name} vector's {said}" if name else said
        for name, (vector, layers) in intervention.vectors.items()
        for said in _of_one(vector.provenance, layers, loaded)
    ]


def _of_one(said: Mapping[str, str], layers: Sequence[int], loaded: LoadedModel) -> list[str]:
    known = {name: here(loaded, said[name]) for name, here in _HERE.items() if name in said}
    other = [
        f"{name} {_shown(said[name])}, here {_shown(here)}"
        for name, here in known.items()
        if said[name] != here
    ]
    return other + _other_layers(said, layers)


def tokenizer_hash(tokenizer: Any) -> str:
    """Return a hash over a tokenizer's vocabulary and special tokens."""
    if tokenizer not in _tokenizers:
        words = sorted(tokenizer.get_vocab().items())
        special = sorted(map(str, getattr(tokenizer, "all_special_tokens", ())))
        _tokenizers[tokenizer] = _short(json.dumps([words, special], ensure_ascii=True))
    return _tokenizers[tokenizer]


def _template_hash(loaded: LoadedModel) -> str:
    return _short(str(getattr(loaded.tokenizer, "chat_template", None) or ""))


def _weights(loaded: LoadedModel, _said: str) -> str:
    """A vector made since the weights were changed belongs to the model, one made before does not."""
    return current_weights(loaded.module)


_HERE: Mapping[str, Callable[[LoadedModel, str], str]] = {
    "model_type": lambda loaded, _said: loaded.architecture.model_type,
    "weights": _weights,
    "tokenizer": lambda loaded, _said: tokenizer_hash(loaded.tokenizer),
    "template": lambda loaded, _said: _template_hash(loaded),
    "site": lambda loaded, _said: loaded.architecture.site,
}


def _other_layers(said: Mapping[str, str], at: Sequence[int]) -> list[str]:
    if "layers" not in said:
        return []
    made = set.intersection(
        *({int(layer) for layer in one.split(",") if layer} for one in parts(said["layers"]))
    )
    other = [layer for layer in at if layer not in made]
    return [f"layers {said['layers']}, applied at {other}"] if other else []


@cache
def _versions() -> str:
    packages = ("pytest-steering", "torch", "transformers")
    return ", ".join(f"{name} {package_version(name)}" for name in packages)


def package_version(name: str) -> str:
    """Return the version of an installed package, or that it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shown(value: str) -> str:
    """Return what a vector says, hashes cut short; the names of sites are longer than that."""
    return " + ".join(one if one in SITES else one[:12] or "none" for one in parts(value))
