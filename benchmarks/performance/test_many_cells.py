"""What it takes to merge four shards of 100,000 cells, to gate the run and to report it.

Set PERFORMANCE_MERGED to draw another number of cells.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import psutil
import pytest

from benchmarks.performance.many_cells import many_cells, write_shards
from benchmarks.performance.workloads import note

pytestmark = pytest.mark.performance

CELLS = int(os.environ.get("PERFORMANCE_MERGED", "100000"))
SAMPLES, SHARDS = 4, 4

SECONDS_A_CELL, START = 1.2e-3, 9.0
"""Processor seconds of all three commands together: for each cell, and to start them."""

BETWEEN = 0.2
"""Seconds between two looks at the memory."""


def test_many_cells_are_merged_gated_and_reported(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, many_cells(CELLS, SAMPLES), SHARDS)
    merged = str(tmp_path / "all")
    spent = {
        "merge": _spent("merge", *map(str, shards), "--into", merged),
        "gate": _spent("gate", merged, f"--steering-baselines={tmp_path / 'baselines'}"),
        "report": _spent("report", merged),
    }
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    peak = max(largest, *(one.peak_mib for one in spent.values()))  # a look between two can miss a moment
    clock = {f"{name}_clock": one.clock for name, one in spent.items()}
    processor = {name: one.processor for name, one in spent.items()}
    note("merged_cells", cells=CELLS, samples=CELLS * SAMPLES, peak_mib=peak, **processor, **clock)

    assert sum(processor.values()) < START + SECONDS_A_CELL * CELLS
    assert peak < 1024


class Spent(NamedTuple):
    """What a command took, all its processes together.

    Attributes:
        processor: Seconds of the processors.
        clock: Seconds that passed.
        peak_mib: The most memory at one time; what several processes share counts once.
    """

    processor: float
    clock: float
    peak_mib: float


def _spent(*command: str) -> Spent:
    """Return what a command takes; the gate has no baselines, which its status says."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "pytest_steering", *command]
    with TemporaryFile() as said, subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said) as running:
        peak = _peak_mib(running)
        said.seek(0)
        assert running.returncode in (0, 2), said.read().decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Spent(processor, time.perf_counter() - begun, peak)


def _peak_mib(running: subprocess.Popen[bytes]) -> float:
    """Watch a command to its end and return the most memory that it and its processes held at one time."""
    peak, whole = 0.0, psutil.Process(running.pid)
    while running.poll() is None:
        with suppress(psutil.Error):  # one of them has just ended
            peak = max(peak, sum(one.memory_full_info().pss for one in [whole, *whole.children(True)]))
        time.sleep(BETWEEN)
    return peak / (1 << 20)
