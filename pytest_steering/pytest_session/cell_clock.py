"""`--steering-cell-timeout`: a test from which no cell comes for so long fails, and the run goes on."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pytest_steering.errors import CellTimeoutError

_SIGNAL = getattr(signal, "SIGUSR2", None)
"""Wakes a main thread that sleeps or waits; pytest-timeout has SIGALRM. Windows has neither."""


class CellClock:
    """The time since a test's last cell ended.

    What it raises is raised between two steps of Python: a step that never returns, as a kernel that hangs,
    is beyond it; there a worker of Ray is ended by the one who hands out tests.
    """

    def __init__(self, seconds: float | None) -> None:
        """Let it stand.

        Args:
            seconds: That may pass without a cell; None for as many as it takes.
        """
        self._seconds = seconds
        self._until = 0.0
        self._last = "none"

    def restart(self, cell: str) -> None:
        """Take note that a cell has ended.

        Args:
            cell: What a person knows it by.
        """
        self._last = cell
        self._until = time.monotonic() + (self._seconds or 0.0)

    @contextmanager
    def running(self, test: str) -> Iterator[None]:
        """Let it run within a block.

        Args:
            test: What runs there.

        Raises:
            CellTimeoutError: From within the block, when too long no cell has ended.
        """
        if self._seconds is None:
            yield
            return
        self.restart("none")
        over = threading.Event()
        self._test = test
        watch = threading.Thread(target=self._watch, args=(threading.get_ident(), over), daemon=True)
        with _woken(self._raise):
            watch.start()
            try:
                yield
            finally:
                over.set()
                watch.join()

    def _watch(self, thread: int, over: threading.Event) -> None:
        while not over.wait(max(0.01, self._until - time.monotonic())):
            if time.monotonic() >= self._until:
                self._until = time.monotonic() + (self._seconds or 0.0)
                _interrupt(thread)

    def _raise(self, _signal: int, _frame: FrameType | None) -> None:
        raise CellTimeoutError(
            f"{self._test}: no cell ended within {self._seconds:g} s (--steering-cell-timeout); the last "
            f"that did: {self._last}"
        )


def _interrupt(thread: int) -> None:
    if thread == threading.main_thread().ident and _SIGNAL is not None:
        signal.pthread_kill(thread, _SIGNAL)
    else:
        raised = ctypes.py_object(CellTimeoutError)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


@contextmanager
def _woken(handler: object) -> Iterator[None]:
    """Have the signal handled within a block, where this thread is the one that signals reach."""
    if _SIGNAL is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(_SIGNAL, handler)  # type: ignore[arg-type]
    try:
        yield
    finally:
        signal.signal(_SIGNAL, before)
