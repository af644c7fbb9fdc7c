"""Files of torch.save, read as weights alone: a file that wants anything run is refused unread."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.foreign_files import PICKLED

_MOST_BYTES = 1 << 34
_STORED = zipfile.ZIP_STORED


def torch_zip(path: Path) -> bool:
    """Return whether torch.save wrote a file, as it does since torch 1.6."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def read_torch(path: Path) -> Any:
    """Return tensors, and the lists, mappings, texts and numbers around them.

    Raises:
        VectorError: It is damaged, packed, or holds anything else, such as an object of a tool's class.
    """
    import torch

    _require_plain(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise VectorError(
            f"{path} is not a readable steering vector: {_wanted(error)}it is {PICKLED}"
        ) from error
    except Exception as error:  # torch.load has no list of what it raises for a broken file
        raise VectorError(f"{path} is a damaged file of torch.save: {printable(str(error), 200)}") from error


def _require_plain(path: Path) -> None:
    """Refuse what unpacks to more than lies there: torch.save packs nothing."""
    with zipfile.ZipFile(path) as archive:
        packed = [one.filename for one in archive.infolist() if one.compress_type != _STORED]
        size = sum(one.file_size for one in archive.infolist())
    if packed:
        raise VectorError(
            f"{path} is no file of torch.save, which packs nothing: {printable(packed[0], 60)} in it is "
            "packed"
        )
    if size > min(_MOST_BYTES, 2 * path.stat().st_size):
        raise VectorError(f"{path} is damaged: it promises {size:,} bytes and has {path.stat().st_size:,}")


def _wanted(error: Exception) -> str:
    """Return what the file wants to have made, where torch says it."""
    said = str(error)
    name = said.partition("GLOBAL ")[2].split(" ")[0] if "GLOBAL " in said else ""
    return f"it holds an object of {printable(name, 80)}; " if name else ""
