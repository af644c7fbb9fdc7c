"""The notebook runs from its first cell to its last, and is committed without what it printed."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from tests.repository.files import ROOT

CELLS = [
    cell
    for cell in json.loads((ROOT / "examples" / "explore.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]


def test_no_output_is_committed() -> None:
    assert [cell for cell in CELLS if cell["outputs"] or cell["execution_count"] is not None] == []


def test_every_cell_runs_and_what_it_ends_with_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    known: dict[str, Any] = {}
    shown = [_shown("".join(cell["source"]), known) for cell in CELLS]
    printed = capsys.readouterr().out
    assert "starcoder2" in shown[0]
    assert known["sweep"].shape == (len(known["vector"].layers), 3)
    assert known["sweep"].notna().all(axis=None)
    assert "<table" in shown[3]
    assert known["arms"].loc["steered", "accuracy"] > known["arms"].loc["unsteered", "accuracy"]
    assert "truth-was-there" in printed


def _shown(code: str, known: dict[str, Any]) -> str:
    """Run a cell as a notebook does; return how its last expression would be shown."""
    *before, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        before, last = [*before, last], ast.Expr(ast.Constant(None))
    exec(compile(ast.Module(before, []), "explore.ipynb", "exec"), known)
    value = eval(
        compile(ast.fix_missing_locations(ast.Expression(last.value)), "explore.ipynb", "eval"), known
    )
    return str(value._repr_html_()) if hasattr(value, "_repr_html_") else repr(value)
