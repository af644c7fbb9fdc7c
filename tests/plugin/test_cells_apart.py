"""Cells of one test that differ in what the test chose, and cells that are measured anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PAIRS = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(limit=12, max_new_tokens=8)
    @pytest.mark.parametrize("count", [1, 2, 32])
    def test_pairs(steering, contrast_pairs, count):
        vector = steering.extract(contrast_pairs[:count])
        steering.run(Intervention(vector, [3], 1.25), controls=(), claim=0.95).expect_baseline()
"""

MODEL_AT_A_PATH = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(limit=12, max_new_tokens=8)
    def test_it(steering, contrast_pairs):
        vector = steering.extract(contrast_pairs[:8])
        steering.run(Intervention(vector, [3], 1.25), controls=(), claim=0.95).expect_baseline()
"""

PERTURB = """
    import sys, torch
    from pathlib import Path
    from safetensors.torch import load_file, save_file

    file = next(Path(sys.argv[1]).glob("*.safetensors"))
    states = load_file(file)
    torch.manual_seed(0)
    save_file({k: v + 0.05 * torch.randn_like(v) for k, v in states.items()}, file, {"format": "pt"})
"""


def records(project: pytest.Pytester) -> list[dict[str, Any]]:
    (file,) = (project.path / ".steering").glob("runs/*/records.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


def steered(project: pytest.Pytester) -> list[dict[str, Any]]:
    return [row for row in records(project) if row["arm"] == "steered" and row["outcomes"]]


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-q", "-p", "no:xdist", *options)


def test_each_parameter_of_a_test_is_a_row_and_a_baseline_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_pairs=PAIRS)
    result = run(pytester, "--steering-model=starcoder", "--steering-accept-new")
    result.assert_outcomes(passed=3)
    text = result.stdout.str()
    assert text.count("\nsteered ") == 3
    assert [f"test_pairs[{count}]" in text for count in (1, 2, 32)] == [True] * 3
    # One pair gives a direction that changes no answer: it is refused by its own name.
    result.stdout.fnmatch_lines(["refused: test_pairs[[]1] on starcoder *: the cell means nothing *"])
    files = sorted(pytester.path.glob("benchmarks/baselines/*/*.json"))
    assert len(files) == 2
    assert [len(json.loads(file.read_text())["cells"]) for file in files] == [1, 1]
    again = run(pytester, "--steering-model=starcoder")
    again.stdout.fnmatch_lines(["gate: *; 2 cells compared*"])


def test_after_the_weights_changed_the_resumed_run_says_what_the_new_ones_do(
    pytester: pytest.Pytester,
) -> None:
    from pytest_steering.models.specs import resolve_model

    folder = pytester.mkdir("model")
    for file in Path(resolve_model("starcoder").source).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    pytester.makepyfile(test_it=MODEL_AT_A_PATH, perturb=PERTURB)
    model = "--steering-model=model"
    run(pytester, model, "--steering-accept-new").assert_outcomes(passed=1)
    (old,) = steered(pytester)
    assert pytester.run(sys.executable, "perturb.py", "model").ret == 0
    result = run(pytester, model, "--steering-resume=latest")
    result.assert_outcomes(passed=1)
    found = steered(pytester)
    assert len(found) == 2
    assert found[1]["outcomes"] != old["outcomes"]
    text = result.stdout.str()
    right = sum(one["correct"] is True for one in found[1]["outcomes"]) / 12
    rows = [line for line in text.splitlines() if line.startswith("steered ")]
    assert len(rows) == 1
    assert f" {right:.2f} [" in rows[0]
    result.stdout.fnmatch_lines(["*weights ???????? → ????????*", "baseline-stale: *"])
