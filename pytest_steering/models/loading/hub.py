"""One file of a model on the Hugging Face hub: from the local cache by reading files, else fetched."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_steering.errors import ModelError

# What the hub's client raises where it cannot reach or find a model; its own modules differ between versions.
_CLIENT_PACKAGES = ("huggingface_hub", "httpx", "httpcore", "httpx2", "httpcore2", "requests", "urllib3")


def hub_file(source: str, name: str, revision: str | None) -> Path:
    """Return the path of a file of a hub model.

    Args:
        source: The hub id, `owner/name`.
        name: Of the file there, such as `config.json`.
        revision: Branch, tag or commit; None for the default branch.

    Raises:
        ModelError: It is not in the local cache and cannot be fetched.
    """
    return cached_file(source, name, revision) or _fetched(source, name, revision)


def cached_file(source: str, name: str, revision: str | None = None) -> Path | None:
    """Return the path of a file of a hub model where it is in the local cache already.

    Args:
        source: The hub id, `owner/name`.
        name: Of the file there.
        revision: Branch, tag or commit; None for the default branch.
    """
    revision = revision or "main"
    folder = _cache() / f"models--{source.replace('/', '--')}"
    reference = folder / "refs" / revision
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else revision
    file = folder / "snapshots" / commit / name
    return file if file.is_file() else None


def _cache() -> Path:
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(os.environ.get("HF_HOME") or Path(user) / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


def _fetched(source: str, name: str, revision: str | None) -> Path:
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise ModelError(
            f"{name} of the hub model {source!r} is not in the local cache and HF_HUB_OFFLINE forbids to "
            "fetch it; download it once where there is a network, or give the path of a folder"
        )
    try:
        from huggingface_hub import hf_hub_download

        return Path(hf_hub_download(source, name, revision=revision))
    except Exception as error:
        if not isinstance(error, (ImportError, OSError, ValueError)) and not _of_the_client(error):
            raise
        raise ModelError(_not_fetched(source, name, revision, error)) from error


def _of_the_client(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in _CLIENT_PACKAGES


def _not_fetched(source: str, name: str, revision: str | None, error: Exception) -> str:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    at = f" at revision {revision!r}" if revision else ""
    return (
        f"{name} of the hub model {source!r}{at} is not in the local cache and could not be fetched "
        f"({reason}); check the name and the network, or give the path of a folder"
    )
