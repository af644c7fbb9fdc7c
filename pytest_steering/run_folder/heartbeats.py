"""Signs of life: a small file for each worker of a run that goes on, which says what it does and when."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

PACE = 5.0
"""Seconds from one sign of life to the next."""

SILENT = 12 * PACE
"""Seconds without a sign after which a worker is said to be silent."""


@dataclass(frozen=True)
class Heartbeat:
    """What a worker says of itself.

    Attributes:
        worker: Its name; `main` where pytest runs all tests itself.
        process: Which process on which machine.
        doing: The test it is in, or what it does for it, such as to load a model.
        cells: How many it has recorded.
        steps: How far the call is that takes long; empty where none does.
        at: When it said so, in seconds since 1970.
        moved: When it last did something: a forward pass, a sample, a cell, another test.
        over: Why there will be no other sign; empty while it lives.
    """

    worker: str
    process: str
    doing: str = ""
    cells: int = 0
    steps: str = ""
    at: float = 0.0
    moved: float = 0.0
    over: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Heartbeat:
        """Return one that was plain data; raises TypeError or ValueError for anything else."""
        found = cls(**row)
        return replace(found, cells=int(found.cells), at=float(found.at), moved=float(found.moved))


class Heartbeats:
    """The signs of life of a run's workers."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet.

        Args:
            folder: Has a file for each worker; it lies in the run's own.
        """
        self._folder = folder

    def keep(self, beat: Heartbeat) -> None:
        """Put a sign of life in the place of the worker's last one.

        A disk that is full, or a folder that is gone, is no reason to end a test: the cells will say so.
        """
        path = self._folder / f"{beat.worker}.json"
        draft = path.with_suffix(".draft")
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            draft.write_text(json.dumps(beat.as_dict()), encoding="utf-8")
            draft.replace(path)

    def bury(self, worker: str, why: str) -> None:
        """Take note that a worker is no more."""
        known = next((beat for beat in self if beat.worker == worker), Heartbeat(worker, ""))
        self.keep(replace(known, over=why, at=time.time()))

    def clear(self) -> None:
        """Remove all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __iter__(self) -> Iterator[Heartbeat]:
        """Yield each worker's last sign, by name; a file that is none is left out."""
        for path in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, TypeError):
                yield Heartbeat.from_dict(json.loads(path.read_bytes()))
