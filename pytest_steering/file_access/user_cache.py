"""The user's cache folder: what can be made again, and is kept because that takes time."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_cache(kind: str) -> Path:
    """Return where a kind of thing is kept: below XDG_CACHE_HOME if set, else the platform's own place.

    Args:
        kind: The folder's name, such as `proofs`.
    """
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "pytest-steering" / kind
