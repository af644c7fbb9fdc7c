from __future__ import annotations

import pytest

from benchmarks.engine_traps.__main__ import COMMAND
from benchmarks.engine_traps.trap_table import RESULTS, trap_table
from benchmarks.gate.marked_tables import Marks
from benchmarks.performance.throughput import Throughput, table
from benchmarks.performance.workloads import Spent
from pytest_steering.testing.traps.known_traps import TRAPS
from tests.repository.files import ROOT


def test_the_page_shows_what_was_run_and_every_trap() -> None:
    marks, page = Marks("traps", COMMAND), (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    shown = page.split(marks.begin)[1].split(marks.end)[0].strip()
    assert shown == trap_table().strip(), f"run: {COMMAND} --write docs/engines.md"
    assert all(f"| {trap.name}: {trap.fault} |" in shown for trap in TRAPS)
    assert len(list(RESULTS.glob("*.json"))) == 5


def test_throughput_is_the_median_of_rounds_and_a_ratio_that_of_medians() -> None:
    rounds = {"hooks": [2.0, 1.0, 9.0], "fused": [1.0, 1.0, 1.0], "vllm": [4.0, 0.5, 0.5]}
    spent = {way: [Spent(2 * cpu, cpu) for cpu in took] for way, took in rounds.items()}
    found = Throughput("m", 100, spent, {}, [3.0, 7.0])
    assert [found.rate(way, "cpu") for way in rounds] == [50.0, 100.0, 200.0]
    assert found.ratio("vllm", "hooks", "wall") == pytest.approx(4.0)
    assert "| m | vllm | 200 | 4.00 | 2.00 | 100 |" in table([found])
    assert "load 3 to 7" in table([found])
