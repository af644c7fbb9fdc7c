"""Says at a pace that this process lives and what it does, from a thread beside its tests."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from pytest_steering.progress.work_under_way import Step, WorkWatch
from pytest_steering.run_folder.heartbeats import PACE, Heartbeat


class Pulse:
    """Begins with the first test of ours, and ends with the session."""

    def __init__(
        self, watch: WorkWatch, tell: Callable[[Heartbeat], object], worker: str, cells: Callable[[], int]
    ) -> None:
        """Say nothing yet.

        Args:
            watch: Knows what this process does.
            tell: Is told each `PACE` seconds.
            worker: Name of this process among those of the run.
            cells: How many cells it has recorded.
        """
        self._watch, self._tell, self._cells = watch, tell, cells
        self._self = Heartbeat(worker, f"process {os.getpid()} on {platform.node()}")
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Go on saying so; where it is said already, do nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._beat, name="pytest-steering-pulse", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Say that nothing will follow."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._tell(replace(self._now(), over="ended"))

    def _beat(self) -> None:
        self._tell(self._now())
        while not self._over.wait(PACE):
            self._tell(self._now())

    def _now(self) -> Heartbeat:
        work, now = self._watch.work, time.time()
        return replace(
            self._self,
            doing=work.name,
            cells=self._cells(),
            steps=_far(work.step),
            at=now,
            moved=now - (time.monotonic() - self._watch.moved),
        )


def _far(step: Step | None) -> str:
    if step is None:
        return ""
    return f"{step.done:,} of {step.total:,} {step.unit}s" if step.total else f"{step.done:,} {step.unit}s"
