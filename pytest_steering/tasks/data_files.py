"""Files of a published data set, read strictly: what cannot be read is named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_kinds import file_kind


def require_path(name: str, path: Path) -> None:
    """Refuse a path at which there is nothing.

    Args:
        name: Of the data set that should lie there.
        path: A file or folder.

    Raises:
        DataError: The path does not exist.
    """
    if os.path.exists(path):  # unlike Path.exists, it raises nothing where a folder may not be read
        return
    missing = next(part for part in (*reversed(path.parents), path) if not os.path.exists(part))
    raise DataError(
        f"the data set {name!r} cannot be read from {path}: {missing} does not exist; name the file or "
        f"folder that holds it with --steering-data {name}=PATH"
    )


def read_text(path: Path) -> str:
    """Return a file's text, with line ends as newlines.

    Raises:
        DataError: The file is missing or no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}; the data set is incomplete"
        ) from error
    except UnicodeDecodeError as error:
        why = file_kind(path) or f"not UTF-8 at byte {error.start}; get the file again, unchanged"
        raise DataError(f"{path} is {why}") from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        DataError: The file is missing, no UTF-8, no JSON (as when it is cut off) or no object.
    """
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        why = file_kind(path) or f"not JSON ({error}); the file may be cut off, get it again"
        raise DataError(f"{path} is {why}") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds a {type(found).__name__}, expected a JSON object")
    return found


def folders(path: Path, pattern: str = "*") -> list[Path]:
    """Return the folders in a folder whose names fit a pattern, in order; none if it is missing."""
    return sorted(found for found in path.glob(pattern) if found.is_dir())
