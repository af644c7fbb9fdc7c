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
from pytest_steering.file_access.storage import replace_file
from pytest_steering.file_access.user_cache import user_cache
from pytest_steering.models.proving.fingerprint import count_hooks, current_weights
from pytest_steering.models.proving.origin import package_version
from pytest_steering.models.proving.proof import Check, Proof, claims_of
from pytest_steering.source_hash import OURS
from pytest_steering.steering.operations import operation_named

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

log = logging.getLogger("pytest_steering")

_PACKAGES = ("torch", "transformers", "nnsight", "pytest-steering")
_VOLATILE = ("_name_or_path", "transformers_version")


def cache_folder() -> Path:
    """Return where proofs are kept."""
    return user_cache("proofs")


def proof_key(loaded: LoadedModel, engine: str, operation: str = "add") -> str | None:
    """Return what a proof holds for, as a hash: config, weights, buffers, source, device, engine, versions.

    Args:
        loaded: The model.
        engine: `hooks` or `nnsight`.
        operation: What is written.

    Returns:
        None where the model's source cannot be read, or its parts carry hooks or methods of their own, so
        that nothing may be kept.
    """
    if count_hooks(loaded.module) or any(_altered(part) for part in loaded.module.modules()):
        return None
    source = operation_named(operation).source
    try:
        parts = {**dict(_parts(loaded, engine)), "operation": (operation, source)}
    except (OSError, TypeError):
        return None
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def recall(key: str | None, operation: str = "add") -> Proof | None:
    """Return a kept proof; None where there is none that can be read, or one that claims other things."""
    if key is None:
        return None
    try:
        kept = json.loads((cache_folder() / f"{key}.json").read_text(encoding="utf-8"))
        checks = tuple(Check(**check) for check in kept.pop("checks"))
        proof = Proof(**{**kept, "layers": tuple(kept["layers"]), "checks": checks})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    claimed = tuple(check.claim for check in checks)
    return proof if proof.holds and claimed == claims_of(operation) == claims_of(proof.operation) else None


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
    yield "weights", current_weights(loaded.module)
    yield "buffers", [(name, _digest(buffer)) for name, buffer in loaded.module.named_buffers()]
    yield "pad", (loaded.pad_id, loaded.context, loaded.first_position)
    yield "device", parameter.device.type
    yield "engine", engine
    yield "sources", [_source(kind) for kind in _classes(loaded)]
    yield "versions", [package_version(package) for package in _PACKAGES]
    yield "own source", _own_source()


def _classes(loaded: LoadedModel) -> list[type]:
    """The classes of the model and of all that is in it."""
    return sorted({type(part) for part in loaded.module.modules()}, key=lambda kind: kind.__qualname__)


def _source(kind: type) -> str:
    """Hash a class's file, and the code of its methods, which may have been replaced since it was read."""
    digest = hashlib.sha256(Path(inspect.getfile(kind)).read_bytes())
    for name, method in sorted(vars(kind).items()):
        if inspect.isfunction(method):
            digest.update(f"{name}:{method.__module__}:{method.__code__.co_firstlineno}".encode())
            digest.update(method.__code__.co_code)
    return f"{kind.__qualname__}:{digest.hexdigest()}"


def _altered(part: Any) -> bool:
    """Whether a method was replaced on one module; nnsight's `forward` stays there and runs the class's."""
    return any(
        callable(value) and callable(getattr(type(part), name, None)) and not hasattr(value, "state")
        for name, value in vars(part).items()
    )


def _digest(buffer: Any) -> str:
    import torch

    if buffer.is_meta:
        return f"{tuple(buffer.shape)}:{buffer.dtype}"
    return hashlib.sha256(
        buffer.detach().contiguous().view(-1).view(torch.uint8).cpu().numpy().tobytes()
    ).hexdigest()


def _own_source() -> str:
    """Hash what writes and checks, so that a change of this package needs no new version to count."""
    digest = hashlib.sha256()
    for path in sorted([*(OURS / "models").rglob("*.py"), *(OURS / "steering").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
