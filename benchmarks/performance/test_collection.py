"""Start-up: what the plugin adds to `pytest --help`, and collecting 500 cells.

pytest keeps the bytecode of what it rewrites, other plugins included, unless Python is told not to write any
(`PYTHONDONTWRITEBYTECODE`); it then compiles hypothesis again in each run. Both cases are measured.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median

import pytest

from benchmarks.performance.workloads import note

pytestmark = pytest.mark.performance

CELLS = """
import pytest

@pytest.mark.parametrize("scale", range({count}))
@pytest.mark.steering(dataset="twins", split="test")
def test_cell(steering, scale):
    pass
"""


def seconds(folder: Path, *arguments: str, bytecode: bool = True) -> float:
    """Return what processors worked for a pytest run; the clock also counts the work of others."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    surroundings["PYTHONDONTWRITEBYTECODE"] = "" if bytecode else "1"
    command = [sys.executable, "-m", "pytest", *arguments]
    subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plugin_arguments() -> tuple[str, ...]:
    """Return how pytest gets the plugin where it is not installed."""
    installed = any(point.name == "steering" for point in entry_points(group="pytest11"))
    return () if installed else ("-p", "pytest_steering.plugin")


def test_help_with_the_plugin_is_hardly_slower(tmp_path: Path) -> None:
    pairs = [
        (seconds(tmp_path, "--help", *plugin_arguments()), seconds(tmp_path, "--help", "-p", "no:steering"))
        for _ in range(7)
    ]
    added = median(with_it - without for with_it, without in pairs)
    note("help", added_seconds=added, pairs=pairs)
    assert added <= 0.05


@pytest.mark.parametrize("bytecode", [True, False], ids=["bytecode is kept", "bytecode is not written"])
def test_500_cells_are_collected_quickly(tmp_path: Path, bytecode: bool) -> None:
    (tmp_path / "test_cells.py").write_text(CELLS.format(count=500))
    arguments = ("--collect-only", "-q")
    chosen = (*arguments, *plugin_arguments(), "--steering-model", "starcoder2")
    seconds(tmp_path, *chosen, bytecode=bytecode)  # the first run writes what the others read
    pairs = [
        (
            seconds(tmp_path, *chosen, bytecode=bytecode),
            seconds(tmp_path, *arguments, "-p", "no:steering", bytecode=bytecode),
        )
        for _ in range(7)
    ]
    took = median(with_it for with_it, _ in pairs)
    added = median(with_it - without for with_it, without in pairs)
    name = "collection" if bytecode else "collection-no-bytecode"
    note(name, cells=500, seconds=took, added_seconds=added, pairs=pairs)
    assert took <= 1.5
    assert added <= 0.1
