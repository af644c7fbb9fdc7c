"""Which model is meant, and of which family: read from names and config.json alone, with no model loaded."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.hub import hub_config
from pytest_steering.source_hash import OURS

EMBEDDED = ("starcoder", "starcoder2", "qwen2", "blind")
DEFAULT_MODELS = EMBEDDED[:3]

# The names people know, where the model_type of config.json is another.
_FAMILIES = {"gpt_bigcode": "starcoder"}

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")


@dataclass(frozen=True)
class ModelSpec:
    """A model by name, before anything of it is loaded.

    Attributes:
        name: What reports and test ids call it.
        source: What `SteerableModel.load` takes: a folder or a hub id.
        model_type: As its config.json says.
        family: The common name of its architecture: `starcoder` for `gpt_bigcode`, else the model_type.
        embedded: Whether it is shipped with this package.
        revision: Branch, tag or commit of a hub id.
    """

    name: str
    source: str
    model_type: str | None = None
    family: str | None = None
    embedded: bool = False
    revision: str | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """The names a test on this model can be selected by with `-m`."""
        names = (self.family, self.model_type, self.name if self.embedded else None)
        return tuple(dict.fromkeys(name for name in names if name))


def family_of(model_type: str) -> str:
    """Return the common name of an architecture, such as `starcoder` for `gpt_bigcode`."""
    return _FAMILIES.get(model_type, model_type)


def resolve_model(name: str) -> ModelSpec:
    """Find a model by its name.

    Args:
        name: An embedded name, the path of a folder with a config.json, or a hub id `owner/name`, which may
            end in `@revision`.

    Raises:
        ModelError: There is no such model, or its config.json cannot be had without a network.
    """
    if name in EMBEDDED:
        return _spec(name, _embedded_folder(name) / "config.json", embedded=True)
    if Path(name).expanduser().exists():
        return _spec(_folder_name(name), Path(name).expanduser() / "config.json")
    if _HUB_ID.fullmatch(name):
        return _from_hub(name)
    raise ModelError(_unknown(name))


def _embedded_folder(name: str) -> Path:
    places = (OURS.parent / "fixtures" / "models" / name, OURS / "_fixtures" / "models" / name)
    for place in places:
        if (place / "config.json").is_file():
            return place
    looked = " and ".join(str(place) for place in places)
    raise ModelError(f"the embedded model {name!r} is missing from this installation; looked in {looked}")


def _folder_name(path: str) -> str:
    return Path(path).expanduser().resolve().name


def _spec(name: str, config: Path, embedded: bool = False) -> ModelSpec:
    model_type = _model_type(config)
    family = family_of(model_type) if model_type else None
    return ModelSpec(name, str(config.parent.resolve()), model_type, family, embedded)


def _model_type(config: Path) -> str | None:
    values = _read_config(config)
    model_type = values.get("model_type")
    return model_type if isinstance(model_type, str) and model_type else None


def _read_config(config: Path) -> dict[str, Any]:
    if not config.is_file():
        raise ModelError(f"{config.parent} is no model: a folder with a config.json was expected")
    try:
        values = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"{config} cannot be read as JSON: {error}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{config} holds no JSON object, so it says no model_type")
    return values


def _from_hub(name: str) -> ModelSpec:
    source, _, revision = name.partition("@")
    model_type = _model_type(hub_config(source, revision or None))
    family = family_of(model_type) if model_type else None
    return ModelSpec(name, source, model_type, family, revision=revision or None)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, EMBEDDED, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return (
        f"no model is known as {name!r}: {hint}a model is one of {', '.join(EMBEDDED)}, the path of a folder "
        "with a config.json, or a hub id as owner/name"
    )
