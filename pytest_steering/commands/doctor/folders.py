"""Folders that are written: the home, the caches, the temporary folder, the project."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_steering.commands.doctor.check import Check
from pytest_steering.file_access.user_cache import user_cache

_REMEDIES = {
    "cache": 'export XDG_CACHE_HOME="$PWD/.cache"',
    "hub cache": 'export HF_HOME="$PWD/.cache/huggingface"',
    "project": 'cp -r . "${TMPDIR:-/tmp}/project" && cd "${TMPDIR:-/tmp}/project"',
}


def written_folders() -> dict[str, Path]:
    """Return the folders that a run writes into, by what they are for."""
    return {"cache": user_cache("proofs").parent, "hub cache": _hub_cache(), "project": Path()}


def folder_checks(folders: Mapping[str, Path]) -> Iterator[Check]:
    """Yield a check of each folder, and of the temporary one.

    Args:
        folders: As `written_folders` returns them.
    """
    for name, folder in folders.items():
        fault = unwritable(folder)
        if fault:
            yield Check(name, "gap", f"{folder} cannot be written: {fault}", _REMEDIES[name])
        else:
            yield Check(name, "fine", f"{folder} can be written")
    yield _temporary()


def unwritable(folder: Path) -> str:
    """Return why no file can be made in a folder, or in the nearest that is there; empty where one can."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f"{there}: {error.strerror or error}"


def _temporary() -> Check:
    named = next((os.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)), "")
    if (named and unwritable(Path(named))) or (named and not Path(named).is_dir()):
        found = f"{named} cannot be used, so that Python takes another folder, or none"
        return Check("temporary folder", "gap", found, f"mkdir -p '{named}' && chmod u+rwx '{named}'")
    try:
        return Check("temporary folder", "fine", f"{tempfile.gettempdir()} can be written")
    except FileNotFoundError as error:
        found = f"there is none: {error.strerror or error}"
        return Check("temporary folder", "gap", found, 'mkdir -p "$PWD/.tmp" && export TMPDIR="$PWD/.tmp"')


def _hub_cache() -> Path:
    home = os.environ.get("HF_HOME") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "huggingface"
    )
    return Path(os.environ.get("HF_HUB_CACHE") or os.path.join(home, "hub")).expanduser()
