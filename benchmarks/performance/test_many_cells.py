"""What it takes to merge four shards of 100,000 cells, to gate the run and to report it.

Set PERFORMANCE_MERGED to draw another number of cells.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.performance.many_cells import many_cells, write_shards
from benchmarks.performance.workloads import note

pytestmark = pytest.mark.performance

CELLS = int(os.environ.get("PERFORMANCE_MERGED", "100000"))
SAMPLES, SHARDS = 4, 4

SECONDS_A_CELL, START = 1.2e-3, 9.0
"""Processor seconds of all three commands together: for each cell, and to start them."""


def test_many_cells_are_merged_gated_and_reported(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, many_cells(CELLS, SAMPLES), SHARDS)
    merged = str(tmp_path / "all")
    spent = {
        "merge": _spent("merge", *map(str, shards), "--into", merged),
        "gate": _spent("gate", merged, f"--steering-baselines={tmp_path / 'baselines'}"),
        "report": _spent("report", merged),
    }
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    clock = {f"{name}_clock": one.clock for name, one in spent.items()}
    processor = {name: one.processor for name, one in spent.items()}
    note("merged_cells", cells=CELLS, samples=CELLS * SAMPLES, peak_mib=peak, **processor, **clock)

    assert sum(processor.values()) < START + SECONDS_A_CELL * CELLS
    assert peak < 1024


class Spent(NamedTuple):
    """Seconds of a command: of the processors, those of its processes together, and on the clock."""

    processor: float
    clock: float


def _spent(*command: str) -> Spent:
    """Return what a command takes; the gate has no baselines, which its status says."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "pytest_steering", *command]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode in (0, 2), done.stderr.decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Spent(processor, time.perf_counter() - begun)
