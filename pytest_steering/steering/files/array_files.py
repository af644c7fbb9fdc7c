"""Arrays of NumPy: .npy and .npz, none of them a pickle, none larger than its file has numbers for."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 1 << 32
"""Of one array."""


def npy_array(path: Path) -> np.ndarray[Any, Any]:
    """Return the array of a .npy file.

    Raises:
        VectorError: It is damaged, holds objects or is too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise VectorError(
            f"{path} has {path.stat().st_size:,} bytes; arrays of {MOST_BYTES:,} at most are read"
        )
    return _array(path.read_bytes(), str(path))


def npz_arrays(path: Path) -> Mapping[str, Any] | None:
    """Return the arrays of a .npz archive by name, each read when asked for; None for another archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return None
    if not names or not all(name.endswith(".npy") for name in names):
        return None
    return _Archive(path, tuple(name.removesuffix(".npy") for name in names))


class _Archive(Mapping[str, Any]):
    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._path, self._names = path, names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        where = f"{printable(name, 40)} of {self._path}"
        try:
            with zipfile.ZipFile(self._path) as archive:
                size = archive.getinfo(f"{name}.npy").file_size
                if size > MOST_BYTES:
                    raise VectorError(
                        f"{where} has {size:,} bytes; arrays of {MOST_BYTES:,} at most are read"
                    )
                return _array(archive.read(f"{name}.npy"), where)
        except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as error:
            raise VectorError(f"{where} is damaged: {printable(str(error), 200)}") from error


def _array(data: bytes, where: str) -> np.ndarray[Any, Any]:
    """Return the array of a .npy file; its header is believed as far as there are bytes for it."""
    import numpy as np

    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        header = (
            np.lib.format.read_array_header_1_0 if version[0] == 1 else np.lib.format.read_array_header_2_0
        )
        shape, by_column, dtype = header(file)
    except (ValueError, EOFError, OSError) as error:
        raise VectorError(f"{where} is a damaged NumPy array: {printable(str(error), 200)}") from error
    if dtype.hasobject or dtype.kind not in "fiu":
        raise VectorError(
            f"{where} holds {printable(str(dtype), 40)}, which is a pickle or no number; it was not read. "
            "Save its "
            "numbers as float32, with numpy.save(path, array, allow_pickle=False)"
        )
    given, needed = len(data) - file.tell(), math.prod(shape) * dtype.itemsize
    if given != needed:
        raise VectorError(
            f"{where} is a damaged NumPy array: its header promises {needed:,} bytes, and {given:,} are "
            "there; "
            "get the file again"
        )
    flat = np.frombuffer(data, dtype, offset=file.tell())
    return flat.reshape(shape, order="F" if by_column else "C")
