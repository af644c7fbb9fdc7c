"""Who writes into a run: one session at a time; who would go on with one that still goes on is told."""

from __future__ import annotations

import os
import platform
import sys
import time
from io import FileIO
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.file_access.storage import named_errors

PATIENCE = 3.0
"""Seconds that the workers of a killed run are given to end, which they do as soon as they notice."""

_STEP = 0.1


class RunLock:
    """A file that each process of a session holds until it ends, in whatever way: the system lets go of it.

    Where a file system has no locks, nobody is kept out.
    """

    def __init__(self, path: Path) -> None:
        """Hold nothing yet.

        Args:
            path: Of the file, which stays when nobody holds it.
        """
        self._path = path
        self._file: FileIO | None = None

    def take(self) -> None:
        """Hold the run for a session, and let its workers hold it too.

        Raises:
            DataError: Another session holds it.
            StorageError: The file cannot be written.
        """
        with named_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a+b", buffering=0)
            if not (_locked(self._file, alone=True, patience=PATIENCE) and self._share()):
                raise DataError(self._held())

    def join(self) -> None:
        """Hold the run as a worker of the session that has taken it."""
        with named_errors(self._path):
            self._file = self._path.open("a+b", buffering=0)
            _locked(self._file, alone=False)

    def held(self) -> bool | None:
        """Whether a session holds the run, as this machine sees it; None where that cannot be told."""
        if not self._path.exists():
            return False
        if sys.platform == "win32":
            return None
        import fcntl

        with named_errors(self._path), self._path.open("rb", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            except OSError:  # of a file system on a network
                return None
        return False

    def release(self) -> None:
        """Hold it no more."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _share(self) -> bool:
        """Say who holds it. Another session may come in between: the system lets go before it locks anew."""
        assert self._file is not None
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {platform.node()}".encode())
        return _locked(self._file, alone=False)

    def _held(self) -> str:
        assert self._file is not None
        self._file.seek(0)
        holder = self._file.read(200).decode("utf-8", "replace") or "another process"
        self.release()
        return (
            f"{self._path.parent} is the folder of a run that still goes on ({holder}, or a worker of it); "
            "let it end or stop it, then go on with it"
        )


def _locked(file: FileIO, *, alone: bool, patience: float = 0.0) -> bool:
    """Lock a file; False where another process holds it for longer than one is patient, in seconds."""
    if sys.platform == "win32":
        return True
    import fcntl

    how, until = fcntl.LOCK_EX if alone else fcntl.LOCK_SH, time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_STEP)
        except OSError:  # of a file system on a network
            return True
        else:
            return True
