"""What tests put something else in the place of is there: those that are seldom run would fail unseen."""

from __future__ import annotations

import re
from pkgutil import resolve_name

import pytest

from tests.repository.files import ROOT

PATCHED = re.compile(r'setattr\(\s*"(pytest_steering\.[\w.]+)"')


def patched() -> set[str]:
    files = (path for room in ("tests", "benchmarks") for path in (ROOT / room).rglob("*.py"))
    return {name for path in files for name in PATCHED.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", sorted(patched()))
def test_what_a_test_replaces_is_there(name: str) -> None:
    resolve_name(name)
