"""The examples of docs/vectors.md run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.steering.files.format_registry import FORMATS
from tests.repository.files import ROOT

PAGE = (ROOT / "docs" / "vectors.md").read_text(encoding="utf-8")


def test_the_examples_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "docs/vectors.md", "exec"), known)
    assert known["joy"].layers == (3,)
    assert (tmp_path / "joy.gguf").exists()
    assert known["a"] @ known["b"] == pytest.approx({1: 0.96, 2: 0.0})


def test_every_format_that_is_written_is_named() -> None:
    written = [one.name for one in FORMATS.values() if one.write]
    assert {name for name in written if f'format="{name}"' in PAGE} == {*written}
