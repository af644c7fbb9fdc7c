"""The accepted cell that a new one takes the place of: one under another key, or one that was deleted.

A cell is new where its key is. Renaming its test, asking it otherwise or deleting its file gives it a new key
or takes the old number away, and neither makes a lower number a better one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.gate.baseline import entries_of, read_baseline
from pytest_steering.gate.baseline_entry import Entry

PATIENCE = 10
"""Seconds that git may take."""


def orphans(orphaned: Mapping[Path, Sequence[str]]) -> list[Entry]:
    """Return accepted cells that no test makes any more.

    Args:
        orphaned: Their keys, by file.
    """
    return [
        entry for path, keys in orphaned.items() for key, entry in read_baseline(path).items() if key in keys
    ]


def predecessor(now: Entry, path: Path, left: Iterable[Entry]) -> Entry | None:
    """Return the accepted cell that a new one takes the place of; None where it is new in truth.

    Args:
        now: The new cell.
        path: Of its file.
        left: Accepted cells that no test makes any more; one on the same model and data is taken for it.
    """
    deleted = committed(path).get(now.key)
    return deleted or next((one for one in left if _same_matter(one, now)), None)


def committed(path: Path) -> dict[str, Entry]:
    """Return the entries of a file as the last commit has it; none without git, commit or file."""
    folder = next(one for one in path.absolute().parents if one.exists())
    name = path.absolute().relative_to(folder).as_posix()
    try:
        found = subprocess.run(  # noqa: S603 - a list, and no shell
            ["git", "cat-file", "blob", f"HEAD:./{name}"],  # noqa: S607 - found on the user's own path
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
        return entries_of(found.stdout.decode("utf-8"), path)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, DataError):
        return {}


def _same_matter(one: Entry, now: Entry) -> bool:
    return _matter(one) == _matter(now)


def _matter(entry: Entry) -> tuple[object, ...]:
    data = entry.spec.get("data") or {}
    return entry.setting, entry.arm, entry.gated.name, data.get("dataset"), data.get("split")
