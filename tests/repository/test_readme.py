"""The README begins with a test, and that test passes as it stands there."""

from __future__ import annotations

import re

import pytest

from tests.repository.files import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST = re.search(r"^```python\n# (?P<name>\w+)\.py\n(?P<code>.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_the_readme_shows_how_a_test_is_written_before_anything_else() -> None:
    assert FIRST is not None
    assert "```" not in TEXT[: FIRST.start()]
    assert TEXT[: FIRST.end()].count("\n") < 30
    assert "def test_" in FIRST["code"]


@pytest.mark.slow
def test_the_readmes_first_test_passes_on_an_embedded_model(pytester: pytest.Pytester) -> None:
    assert FIRST is not None
    pytester.makepyfile(**{FIRST["name"]: FIRST["code"]})
    pytester.runpytest("--steering-model", "starcoder2").assert_outcomes(passed=1)
