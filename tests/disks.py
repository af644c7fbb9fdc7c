"""Disks that are full: one that is played, and a small one of memory where the tests may mount it."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest


@contextmanager
def room_for(count: int) -> Iterator[None]:
    """Let so many more bytes be written: a write takes what fits, and the next one finds the disk full."""
    room, write = [count], os.write

    def limited(handle: int, data: bytes) -> int:
        if data and not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = write(handle, data[: room[0]])
        room[0] -= taken
        return taken

    with mock.patch.object(os, "write", limited):
        yield


@contextmanager
def mounted(folder: Path, kibibytes: int) -> Iterator[Path]:
    """Mount a disk of this size on a folder; the test is skipped where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a disk of its own cannot be mounted here: {error}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
