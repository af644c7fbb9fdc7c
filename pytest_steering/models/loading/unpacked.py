"""Models of GGUF files as ordinary folders: each is unpacked once, into the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError, first_line
from pytest_steering.file_access.user_cache import user_cache
from pytest_steering.models.loading.gguf_unpacking import unpack

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec

log = logging.getLogger("pytest_steering")

_LAYOUT = 1
"""Of what is kept here; another number where folders that an older version wrote are not to be used."""

_MANIFEST = "unpacked.json"
_CHUNK = 1 << 20


def unpacked(spec: ModelSpec) -> ModelSpec:
    """Return a model as one in an ordinary folder, unpacked first where it is a GGUF file that is new here.

    Args:
        spec: Any model; one that is no GGUF file is returned as it is.

    Raises:
        ModelError: It cannot be read, does not fit, or cannot be kept.
    """
    if spec.gguf is None:
        return spec
    folder = unpacked_folder(Path(spec.place))
    if not _whole(folder):
        _make(spec, folder)
    return replace(spec, source=str(folder), gguf=None)


def unpacked_folder(file: Path) -> Path:
    """Return where a GGUF file is unpacked to: its content, and all else that decides what is written there.

    Args:
        file: The GGUF file.
    """
    parts = (_sha256(file), _LAYOUT, version("transformers"))
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return user_cache("models") / key


def _make(spec: ModelSpec, folder: Path) -> None:
    """Unpack beside the folder, alone, and put it there in one step: a killed process leaves no model."""
    from filelock import FileLock

    draft = folder.with_name(f"{folder.name}.draft")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if not _whole(folder):
                log.info("Unpacking %s once, into %s", spec.place, folder)
                shutil.rmtree(draft, ignore_errors=True)
                unpack(spec, draft)
                (draft / _MANIFEST).write_text(
                    json.dumps({"of": spec.place, "files": _files(draft)}, indent=1)
                )
                _put(draft, folder)
    except OSError as error:
        raise ModelError(
            f"{spec.place} could not be unpacked into {folder}: {first_line(error)}; "
            "make room there, or set XDG_CACHE_HOME to another place"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    if folder.exists():
        log.warning("The unpacked model in %s was damaged; it is unpacked anew", folder)
        shutil.rmtree(folder)
    draft.rename(folder)


def _whole(folder: Path) -> bool:
    """Whether a folder holds what was written there, to the last bit, and nothing else."""
    try:
        kept = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(kept["files"] == _files(folder))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _files(folder: Path) -> dict[str, str]:
    return {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.name != _MANIFEST}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
