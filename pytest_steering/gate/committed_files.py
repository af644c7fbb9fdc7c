"""Baselines as the last commit has them: what was accepted, though its file was changed or deleted since."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.gate.baseline import entries_of
from pytest_steering.gate.baseline_entry import Entry

PATIENCE = 10
"""Seconds that git may take."""


class CommittedFiles:
    """The files of the last commit, as it is while one run is accepted.

    Of a suite of many new cells the commit has no file: git lists once what it has in a folder, and is asked
    for those files alone.
    """

    def __init__(self) -> None:
        """Begin without having asked."""
        self._listed = lru_cache(maxsize=None)(_listed)

    def entries(self, path: Path) -> Mapping[str, Entry]:
        """Return the entries of a file; none without git, commit or file.

        Args:
            path: Of the file; neither it nor its folder need be there any more.
        """
        folder = next(one for one in path.absolute().parents if one.exists())
        name = path.absolute().relative_to(folder).as_posix()
        listed = self._listed(folder)
        return _entries(folder, name) if listed is None or name in listed else {}


def _listed(folder: Path) -> frozenset[str] | None:
    """Return the files below a folder in the last commit; None where git takes too long to list them."""
    try:
        names = _git(folder, "ls-tree", "-r", "-z", "--name-only", "HEAD")
    except subprocess.TimeoutExpired:
        return None
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(map(os.fsdecode, names.split(b"\0")))


def _entries(folder: Path, name: str) -> dict[str, Entry]:
    try:
        return entries_of(_git(folder, "cat-file", "blob", f"HEAD:./{name}").decode(), folder / name)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, DataError):
        return {}


def _git(folder: Path, *words: str) -> bytes:
    return subprocess.run(  # noqa: S603 - a list, and no shell
        ["git", *words],  # noqa: S607 - found on the user's own path
        cwd=folder,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    ).stdout
