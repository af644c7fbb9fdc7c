"""The ids of runs: times that go on from the newest run, so that they sort though the clock went back."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

_STAMP = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")


def new_id(runs: Path) -> str:
    """Return an id that sorts behind those of all runs that are there.

    Args:
        runs: The folder that holds their folders.
    """
    later = [_after(path.name) for path in runs.glob("*") if _ID.fullmatch(path.name)]
    return f"{max([time.strftime(_STAMP, time.gmtime()), *later])}-{secrets.token_hex(3)}"


def latest(folders: Sequence[Path]) -> Path:
    """Return the newest run; a copy that somebody gave a name of its own is none unless there are no others.

    Args:
        folders: Of runs, at least one.
    """
    return max(folders, key=lambda folder: (bool(_ID.fullmatch(folder.name)), folder.name))


def _after(name: str) -> str:
    """Return the stamp of the second after an id's; nothing for one that is no time."""
    try:
        then = datetime.strptime(name.partition("-")[0], _STAMP) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        return ""
    return then.strftime(_STAMP)
