"""How large the page of a large run is, and how soon it opens: 3,000 cells, 102,000 samples."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.performance.many_cells import many_cells, write
from benchmarks.performance.workloads import note
from tools.browser import chromium, headless

pytestmark = pytest.mark.performance

CELLS, SAMPLES = 3_000, 34


def test_the_page_of_a_large_run_is_small_and_opens_soon(tmp_path: Path) -> None:
    write(tmp_path / "records.jsonl", many_cells(CELLS, SAMPLES))
    path = tmp_path / "report.html"
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest_steering.cli", "report", str(tmp_path), "--html", str(path)]
    subprocess.run(command, check=True)
    written, size = time.perf_counter() - start, path.stat().st_size
    note("report_page", cells=CELLS, samples=CELLS * SAMPLES, bytes=size, written=written)
    assert size < 25_000_000

    pytest.importorskip("playwright", reason="pip install pytest-steering[browser]")
    if chromium() is None:
        pytest.skip("no Chromium here; apt-get install chromium")
    opened = _opened(path)
    note("report_page_opened", seconds=opened)
    assert opened < 3.0


def _opened(path: Path) -> float:
    """Return the seconds until the first page of experiments is there to be read."""
    with headless() as browser:
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.locator("#experiments tbody tr:visible").first.wait_for()
        return time.perf_counter() - start
