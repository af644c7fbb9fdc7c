"""Files that hold whole lines and whole contents, whatever ends a process or fills a disk as it writes."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from pytest_steering.errors import StorageError

DRAFT = ".draft"
"""How the name of a file ends that was to take another one's place when its process was killed."""

_CHUNK = 4096
_FULL = (errno.ENOSPC, errno.EDQUOT)


def append_line(path: Path, line: str | Callable[[bytes], str]) -> None:
    """Add a line or several to a file, complete on the disk when this returns.

    A piece of a line that a killed process left at the end is moved to `torn_path` first: what is added next
    would become one broken line with it.

    Args:
        path: May not be there yet, nor its folder.
        line: Without its newline; or what makes it of the last whole line, while no other process adds one.
            Nothing is added where it makes nothing.

    Raises:
        StorageError: The line could not be written.
    """
    with named_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            alone = _lock(file)
            said = line if isinstance(line, str) else line(_last_line(file))
            if said:
                _append(file, said.encode("utf-8") + b"\n", path, alone=alone)


def torn_path(path: Path) -> Path:
    """Return where the pieces of lines are kept that stood at the end of a file, a piece a line."""
    return path.with_suffix(".torn")


def replace_file(path: Path, data: bytes, *, parents: bool = False) -> None:
    """Put data in the place of a file in one step: whoever reads it finds the old content or the new, whole.

    Args:
        path: May not be there yet; a link stays a link, and a file keeps who may read it.
        data: The whole content.
        parents: Whether missing folders are made.

    Raises:
        StorageError: The data could not be written; the file holds what it held before.
    """
    with named_errors(path):
        target = path.resolve()
        draft = target.with_name(f".{secrets.token_hex(8)}{DRAFT}")
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb", buffering=0) as file:
                _write_through(file, data)
            if target.exists():
                shutil.copymode(target, draft)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _append(file: FileIO, data: bytes, path: Path, *, alone: bool) -> None:
    """Add data behind the last newline; nothing is cut off a file that others may be adding to."""
    end = file.seek(0, os.SEEK_END)
    whole = _end_of_whole_lines(file, end)
    if whole < end and alone:
        _move_to(torn_path(path), file, whole)
        end = whole
    elif whole < end:
        data = b"\n" + data
    try:
        _write_through(file, data)
    except OSError:
        if alone:
            file.truncate(end)
        raise


def _move_to(path: Path, file: FileIO, start: int) -> None:
    file.seek(start)
    with path.open("ab", buffering=0) as torn:
        _write_through(torn, file.read() + b"\n")
    file.truncate(start)


def _write_through(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        # A disk that is nearly full takes a part, and says so by the number alone.
        rest = rest[os.write(file.fileno(), rest) :]
    os.fsync(file.fileno())


def _last_line(file: FileIO) -> bytes:
    """Return the last whole line without its newline; nothing where there is none."""
    stop = _end_of_whole_lines(file, file.seek(0, os.SEEK_END))
    start = _end_of_whole_lines(file, max(0, stop - 1))
    file.seek(start)
    return file.read(stop - start)[:-1]


def _end_of_whole_lines(file: FileIO, end: int) -> int:
    while end:
        start = max(0, end - _CHUNK)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def _lock(file: FileIO) -> bool:
    """Keep other processes from adding to a file until it is closed; False where there are no such locks."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:  # of a file system on a network; there lines are kept apart by being written at once
        return False
    return True


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn what the system says into a sentence with the file and, where it is full, the disk.

    Args:
        path: Of the file that is written; a link that leads to itself is a RuntimeError before Python 3.13.

    Raises:
        StorageError: Whatever was said.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        room = _room(path) if getattr(error, "errno", None) in _FULL else ""
        raise StorageError(f"{path} cannot be written: {reason}{room}") from error


def _room(path: Path) -> str:
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    free = shutil.disk_usage(folder).free / 2**20
    return (
        f"; {free:,.1f} MiB are free on the disk of {folder}. Make room; a run is gone on with by "
        "--steering-resume"
    )
