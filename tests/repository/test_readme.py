"""The README begins with a test, and that test passes as it stands there."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.repository.files import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST = re.search(r"^```python\n# (?P<name>\w+)\.py\n(?P<code>.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_the_readme_shows_how_a_test_is_written_before_anything_else() -> None:
    assert FIRST is not None
    assert "```" not in TEXT[: FIRST.start()]
    assert TEXT[: FIRST.start()].count("\n") < 24
    assert "def test_" in FIRST["code"]


@pytest.mark.slow
def test_the_readmes_first_test_passes_on_the_real_model(pytester: pytest.Pytester) -> None:
    assert FIRST is not None
    for file in ("openings.jsonl", "cheerful_pairs.jsonl"):
        shutil.copy(ROOT / "benchmarks" / "behaviours" / "data" / file, pytester.path)
    pytester.makepyfile(**{FIRST["name"]: FIRST["code"]})
    found = pytester.runpytest_subprocess("-rs", "--steering-device=cpu").parseoutcomes()
    assert found in ({"passed": 1}, {"skipped": 1})
