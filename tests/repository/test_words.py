"""What knows weaknesses is one room: nowhere else in the package does the code speak of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "pytest_steering"
SECURITY = PACKAGE / "tasks" / "security"

WORDS = re.compile(r"cwe|vulnerab|weakness|\b(in)?secure|patched", re.IGNORECASE)

# Names that stand in files of users or in the literature, each with the one place that has to know it.
KNOWN = {
    "comparison/metrics/twin_pairs.py": {"pair_vulnerable"},
    "comparison/twin_outcomes.py": {"Vulnerability Detection with Code Language Models"},
    "record_upgrade.py": {"asked_cwe", "a weakness and a language of each sample"},
    "models/loading/memory.py": {"max_samples_per_cwe"},
}

# The embedded models answer about code alone, so the projects that `init` writes for them are of that task.
WRITES_AN_EXPERIMENT_ABOUT_CODE = {
    "commands/first_project/twins_rows.py",
    "commands/first_project/example.py",
}


def files() -> list[str]:
    found = (path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(SECURITY))
    return sorted({str(path.relative_to(PACKAGE)) for path in found} - WRITES_AN_EXPERIMENT_ABOUT_CODE)


@pytest.mark.parametrize("name", files())
def test_only_the_security_task_speaks_of_weaknesses(name: str) -> None:
    text = re.sub(r"\s+", " ", (PACKAGE / name).read_text(encoding="utf-8"))
    for known in KNOWN.get(name, ()):
        assert known in text, f"{name} need not be excused any more"
        text = text.replace(known, "")
    assert [text[max(0, found.start() - 30) : found.end() + 30] for found in WORDS.finditer(text)] == []


def test_the_security_task_does() -> None:
    assert all(WORDS.search(path.read_text(encoding="utf-8")) for path in SECURITY.glob("*.py"))
