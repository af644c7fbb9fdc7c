"""What docs/replay.md shows can be run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.replay.arms.rows import NO, YES, rows, written

PAGE = (Path(__file__).parents[3] / "docs" / "replay.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found = [*rows("unsteered", NO, NO), *rows("steered", YES, YES)]
    written(tmp_path / "answers.jsonl", [{**one, "condition": one["arm"], "arm": "x"} for one in found])
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/replay.md", "exec"), {})
    assert capsys.readouterr().out.startswith("answers Estimate(value=1.0")
