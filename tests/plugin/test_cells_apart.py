"""Cells of one test that differ in what the test chose, and cells that are measured anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

# The stub's cells; what the steered one answers is set from outside.
ANSWERS = """
    import os, pytest
    from pytest_steering.experiments.baseline_expectation import baseline_expected

    @pytest.mark.steering(models=["one"])
    def test_it(steering):
        made, sink = [], steering.sink
        steering.sink = lambda record: made.append(record) or sink(record)
        for answers in os.environ["ANSWERS"].split():
            steering.run(answers)
        sink(baseline_expected(made[1], made[0]))
"""

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


def answering(project: pytest.Pytester, answers: str, *options: str) -> pytest.RunResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANSWERS", answers)
        return project.runpytest("-q", *options)


def rows(result: pytest.RunResult) -> list[str]:
    return [line for line in result.stdout.lines if line.startswith("steered ")]


def test_a_resumed_run_shows_what_it_measured_and_names_what_it_takes_the_place_of(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(test_it=ANSWERS)
    answering(project, "nyny")
    result = answering(project, "nnny", "--steering-resume=latest")
    (row,) = rows(result)
    assert " 0.75 [" in row
    result.stdout.fnmatch_lines(["*steered: measured anew (1 earlier record): *"])
    assert [row["attempt"] for row in records(project)] == [1, 1, 1, 2]


def test_a_resumed_run_that_finds_the_same_writes_nothing_twice(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=ANSWERS)
    answering(project, "nyny")
    first = records(project)
    result = answering(project, "nyny", "--steering-resume=latest")
    assert records(project) == first
    assert "measured anew" not in result.stdout.str()


def test_two_cells_under_one_key_are_both_shown_named_and_not_accepted(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=ANSWERS)
    result = answering(project, "nyny nnny", "--steering-accept")
    assert len(rows(result)) == 2
    result.stdout.fnmatch_lines(
        ["*steered: 2 records of one cell differ: *", "cells-collide: test_it on one *", "refused: test_it *"]
    )
    assert result.ret == 1
    assert not list(project.path.glob("benchmarks/baselines/*/*.json"))


@pytest.mark.slow
def test_each_parameter_of_a_test_is_a_row_and_a_baseline_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_pairs=PAIRS)
    result = run(pytester, "--steering-model=starcoder", "--steering-accept-new")
    # One pair gives a direction that changes no answer: it fails, and is refused, by its own name.
    result.assert_outcomes(passed=2, failed=1)
    text = result.stdout.str()
    assert text.count("\nsteered ") == 3
    assert [f"test_pairs[{count}]" in text for count in (1, 2, 32)] == [True] * 3
    result.stdout.fnmatch_lines(["refused: test_pairs[[]1] on starcoder *: the cell means nothing *"])
    files = sorted(pytester.path.glob("benchmarks/baselines/*/*.json"))
    assert len(files) == 2
    assert [len(json.loads(file.read_text())["cells"]) for file in files] == [1, 1]
    again = run(pytester, "--steering-model=starcoder")
    again.assert_outcomes(failed=3)  # the gate cannot tell from twelve samples, of which none turned
    again.stdout.fnmatch_lines(["gate: *; 2 cells compared*"])


@pytest.mark.slow
def test_after_the_weights_changed_the_resumed_run_says_what_the_new_ones_do(
    pytester: pytest.Pytester,
) -> None:
    from pytest_steering.models.loading.specs import resolve_model

    folder = pytester.mkdir("model")
    for file in Path(resolve_model("starcoder").source).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    pytester.makepyfile(test_it=MODEL_AT_A_PATH, perturb=PERTURB)
    model = "--steering-model=model"
    run(pytester, model, "--steering-accept-new").assert_outcomes(passed=1)
    (old,) = steered(pytester)
    assert pytester.run(sys.executable, "perturb.py", "model").ret == 0
    result = run(pytester, model, "--steering-resume=latest")
    # What was accepted is of other weights, which fails the test that is held against it.
    result.assert_outcomes(failed=1)
    found = steered(pytester)
    assert len(found) == 2
    assert found[1]["outcomes"] != old["outcomes"]
    right = sum(one["correct"] is True for one in found[1]["outcomes"]) / 12
    (row,) = rows(result)
    assert f" {right:.2f} [" in row
    result.stdout.fnmatch_lines(["*weights ???????? → ????????*", "baseline-stale: *"])
