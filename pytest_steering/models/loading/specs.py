"""Which model is meant, and of which family: from names, config.json or a GGUF header alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_steering.errors import ModelError, did_you_mean
from pytest_steering.file_names import nameable
from pytest_steering.models.loading.config_json import config_model_type
from pytest_steering.models.loading.gguf_header import gguf_in, gguf_model_type
from pytest_steering.models.loading.gguf_packages import missing_packages
from pytest_steering.models.loading.hub import cached_file, hub_file
from pytest_steering.models.loading.smollm2 import HUB_ID, MODEL_TYPE, SMOLLM2, wheel_file, why_absent
from pytest_steering.printable import printable
from pytest_steering.source_hash import OURS

EMBEDDED = ("starcoder", "starcoder2", "qwen2", "blind")
DEFAULT_MODELS = EMBEDDED[:3]
NAMED = (*EMBEDDED, SMOLLM2)

# The names people know, where the model_type of config.json is another.
_FAMILIES = {"gpt_bigcode": "starcoder"}

_HUB_ID = re.compile(r"(?P<source>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?(:(?P<gguf>[\w./-]+\.gguf))?")


@dataclass(frozen=True)
class ModelSpec:
    """A model by name, before anything of it is loaded.

    Attributes:
        name: What reports and test ids call it.
        source: A folder or a hub id.
        model_type: As its config.json says.
        family: The common name of its architecture: `starcoder` for `gpt_bigcode`, else the model_type.
        embedded: Whether it is shipped with this package.
        revision: Branch, tag or commit of a hub id.
        gguf: The file in the folder `source` that holds all of the model in GGUF form.
        absent: Why it cannot be had here, of a named model that is not shipped; a test may do without it.
    """

    name: str
    source: str
    model_type: str | None = None
    family: str | None = None
    embedded: bool = False
    revision: str | None = None
    gguf: str | None = None
    absent: str | None = None

    @property
    def place(self) -> str:
        """Where its files are, for people."""
        return self.source if self.gguf is None else str(Path(self.source) / self.gguf)

    @property
    def marks(self) -> tuple[str, ...]:
        """The names a test on this model can be selected by with `-m`."""
        names = (self.family, self.model_type, self.name if self.name in NAMED else None)
        return tuple(dict.fromkeys(name for name in names if name))


def family_of(model_type: str) -> str:
    """Return the common name of an architecture, such as `starcoder` for `gpt_bigcode`."""
    return _FAMILIES.get(model_type, model_type)


def resolve_model(name: str) -> ModelSpec:
    """Find a model by its name.

    Args:
        name: A name of `NAMED`; the path of a folder with a config.json, of a GGUF file, or of a folder with
            one; or a hub id `owner/name`, which may end in `@revision` and in `:file.gguf`.

    Raises:
        ModelError: There is no such model, or the file that says its family cannot be had without a network.
    """
    spec = resolve_optional(name)
    return _fetched(spec) if spec.absent else spec


def resolve_optional(name: str) -> ModelSpec:
    """Do as `resolve_model`, but return `smollm2` with the reason in `absent` where it is not here.

    Raises:
        ModelError: No model is known by that name, and none lies there.
    """
    if name in EMBEDDED:
        return _spec(name, _embedded_folder(name) / "config.json", embedded=True)
    if name == SMOLLM2:
        return _smollm2()
    path = _path_of(name)
    if path.exists():
        gguf = gguf_in(path)
        return _of_gguf(_path_name(path), gguf) if gguf else _spec(_path_name(path), path / "config.json")
    hub = _HUB_ID.fullmatch(name)
    if hub and not name.startswith("."):
        return _from_hub(name, **hub.groupdict())
    raise ModelError(_unknown(name))


def _path_of(name: str) -> Path:
    try:
        return Path(nameable(name)).expanduser()
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"a model is called by its name or path; found {printable(repr(name))}: {error}"
        ) from error


def _smollm2() -> ModelSpec:
    file = wheel_file()
    if file and not missing_packages():
        return _of_gguf(SMOLLM2, file)
    absent = None if cached_file(HUB_ID, "config.json") else why_absent()
    return ModelSpec(SMOLLM2, HUB_ID, MODEL_TYPE, family_of(MODEL_TYPE), absent=absent)


def _fetched(spec: ModelSpec) -> ModelSpec:
    """Of a model that a person named: a test that brings one is no reason to use the network."""
    try:
        hub_file(spec.source, "config.json", spec.revision)
    except ModelError as error:
        raise ModelError(str(spec.absent)) from error
    return replace(spec, absent=None)


def _of_gguf(name: str, file: Path) -> ModelSpec:
    model_type = gguf_model_type(file)
    return ModelSpec(name, str(file.parent.resolve()), model_type, family_of(model_type), gguf=file.name)


def _embedded_folder(name: str) -> Path:
    places = (OURS.parent / "fixtures" / "models" / name, OURS / "_fixtures" / "models" / name)
    for place in places:
        if (place / "config.json").is_file():
            return place
    looked = " and ".join(str(place) for place in places)
    raise ModelError(f"the embedded model {name!r} is missing from this installation; looked in {looked}")


def _path_name(path: Path) -> str:
    named = path.resolve().name
    return named.removesuffix(".gguf") if path.is_file() else named


def _spec(name: str, config: Path, embedded: bool = False) -> ModelSpec:
    model_type = config_model_type(config)
    family = family_of(model_type) if model_type else None
    return ModelSpec(name, str(config.parent.resolve()), model_type, family, embedded)


def _from_hub(name: str, source: str, revision: str | None = None, gguf: str | None = None) -> ModelSpec:
    file = hub_file(source, gguf or "config.json", revision)
    if gguf:
        return _of_gguf(name, file)
    model_type = config_model_type(file)
    family = family_of(model_type) if model_type else None
    return ModelSpec(name, source, model_type, family, revision=revision)


def _unknown(name: str) -> str:
    if name.startswith((".", "/", "~")):
        return f"there is no model at {name!r}: no such file or folder, from {Path.cwd()} on"
    near = did_you_mean(name, NAMED, most=2)
    return (
        f"no model is known as {name!r}: {near}a model is one of {', '.join(NAMED)}, the path of a folder "
        "with a config.json or of a GGUF file, or a hub id as owner/name or owner/name:file.gguf"
    )
