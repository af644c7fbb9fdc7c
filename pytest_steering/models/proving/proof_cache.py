"""Proofs that hold, kept in the user's cache folder: each way to build and run a model is proven once."""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import StorageError
from pytest_steering.models.proving.origin import package_version
from pytest_steering.models.proving.proof import Check, Proof
from pytest_steering.source_hash import OURS
from pytest_steering.steering.operations import operation_named
from pytest_steering.storage import replace_file
from pytest_steering.user_cache import user_cache

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

log = logging.getLogger("pytest_steering")

_PACKAGES = ("torch", "transformers", "nnsight", "pytest-steering")
_VOLATILE = ("_name_or_path", "transformers_version")


def cache_folder() -> Path:
    """Return where proofs are kept."""
    return user_cache("proofs")


def proof_key(loaded: LoadedModel, engine: str, operation: str = "add") -> str | None:
    """Return what a proof holds for, as a hash: config, source, dtype, attention, device, engine, versions.

    Args:
        loaded: The model.
        engine: `hooks` or `nnsight`.
        operation: What is written.

    Returns:
        None where the model's source cannot be read, so that nothing may be kept.
    """
    source = operation_named(operation).source
    try:
        parts = {**dict(_parts(loaded, engine)), "operation": (operation, source)}
    except (OSError, TypeError):
        return None
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def recall(key: str | None) -> Proof | None:
    """Return a kept proof, or None where there is none that can be read."""
    if key is None:
        return None
    try:
        kept = json.loads((cache_folder() / f"{key}.json").read_text(encoding="utf-8"))
        checks = tuple(Check(**check) for check in kept.pop("checks"))
        return Proof(**{**kept, "layers": tuple(kept["layers"]), "checks": checks})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep(key: str | None, proof: Proof) -> None:
    """Keep a proof that holds; a folder that cannot be written costs the next run its time, no more."""
    if key is None or not proof.holds:
        return
    path = cache_folder() / f"{key}.json"
    try:
        replace_file(path, json.dumps(asdict(proof)).encode("utf-8"), parents=True)
    except StorageError as error:
        log.info("The proof was not kept: %s", error)


def _parts(loaded: LoadedModel, engine: str) -> Iterator[tuple[str, Any]]:
    config = loaded.module.config
    parameter = next(loaded.module.parameters())
    yield "config", {k: v for k, v in config.to_dict().items() if k not in _VOLATILE}
    yield "attention", getattr(config, "_attn_implementation", None)
    yield "blocks", [(block.path, block.call, str(block.place)) for block in loaded.architecture.blocks]
    yield "dtype", str(parameter.dtype)
    yield "device", parameter.device.type
    yield "engine", engine
    yield "sources", [_source(kind) for kind in _classes(loaded)]
    yield "versions", [package_version(package) for package in _PACKAGES]
    yield "own source", _own_source()


def _classes(loaded: LoadedModel) -> list[type]:
    """The classes of the model and its blocks; the layers within come with their files."""
    paths = sorted({block.path for block in loaded.architecture.blocks})
    kinds = {type(loaded.module), *(type(loaded.module.get_submodule(path)) for path in paths)}
    return sorted(kinds, key=lambda kind: kind.__qualname__)


def _source(kind: type) -> str:
    file = Path(inspect.getfile(kind))
    return f"{kind.__qualname__}:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def _own_source() -> str:
    """Hash what writes and checks, so that a change of this package needs no new version to count."""
    digest = hashlib.sha256()
    for path in sorted([*(OURS / "models").rglob("*.py"), *(OURS / "steering").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
