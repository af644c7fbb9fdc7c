from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.cli import main
from tests.gate.runs import outcomes, run, write


def test_several_processes_come_to_the_verdict_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write(tmp_path / "before", run(steered=outcomes(40)))
    now = write(tmp_path / "now", run(steered=outcomes(40, range(0, 40, 2))))
    said = []
    for shared in (1000, 0):
        monkeypatch.setattr("pytest_steering.gate.held_cells.SHARED", shared)
        monkeypatch.setattr("pytest_steering.gate.command_compare.available_cores", lambda: 2)
        said.append((main(["compare", str(before), str(now)]), capsys.readouterr().out))

    assert said[0] == said[1]
    assert "regressed" in said[0][1]
