from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.devices import available_cores

pytestmark = pytest.mark.slow

TESTS = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(limit=12, max_new_tokens=8)
    @pytest.mark.parametrize("scale", [0.5, 1.0])
    def test_it(steering, contrast_pairs, scale):
        vector = steering.extract(contrast_pairs[:8])
        steering.run(Intervention(vector, [3], scale), controls=("zero", "random"))
"""

# Ends its own process, once, in the middle of a group of records.
KILLED = """
    import os, signal
    from pathlib import Path
    from pytest_steering.run_folder import runs

    written, real = [], runs.append_line

    def append(path, line):
        real(path, line)
        written.append(line)
        flag = Path("kill")
        if len(written) == 9 and flag.exists():
            flag.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    runs.append_line = append
"""

MODELS = ("--steering-model=starcoder", "--steering-model=starcoder2")
VARYING = {"latency", "node_id"}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Four tests on two models, in processes of their own, with as many threads as each takes."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "MKL_CBWR"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_resumed=TESTS)
    return pytester


def cells(folder: Path) -> list[str]:
    """The records of the only run, sorted, timing aside."""
    (file,) = folder.glob("runs/*/records.jsonl")
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    return sorted(
        json.dumps({k: v for k, v in row.items() if k not in VARYING}, sort_keys=True) for row in rows
    )


def threads(folder: Path) -> set[float]:
    """With how many threads the scored records of the only run were made."""
    (file,) = folder.glob("runs/*/records.jsonl")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return {row["latency"]["threads"] for row in rows if row["outcomes"]}


def run(project: pytest.Pytester, folder: str, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-q", *MODELS, f"--steering-dir={folder}", *options)


def test_a_killed_worker_loses_no_finished_cell_and_resuming_completes_the_same_file(
    project: pytest.Pytester,
) -> None:
    run(project, "whole")
    project.makeconftest(KILLED)
    (project.path / "kill").touch()
    killed = run(project, "killed", "-n", "2")
    killed.stdout.fnmatch_lines(["*crashed*"])
    whole = cells(project.path / "whole")
    before = cells(project.path / "killed")
    assert 9 <= len(before) < len(whole)
    assert set(before) <= set(whole)
    run(project, "killed", "-n", "2", "--steering-resume=latest").assert_outcomes(passed=4)
    assert cells(project.path / "killed") == whole


def test_the_records_are_the_same_however_the_tests_are_run(project: pytest.Pytester) -> None:
    ways: dict[str, list[str]] = {
        "serial": [],
        "workers": ["-n", "2"],
        "no-xdist": ["-p", "no:xdist"],
        "no-benchmark": ["-p", "no:benchmark"],
    }
    for folder, options in ways.items():
        run(project, folder, *options).assert_outcomes(passed=4)
    if available_cores() > 1:
        assert threads(project.path / "workers") != threads(project.path / "serial")
    found = [cells(project.path / folder) for folder in ways]
    assert found[1:] == found[:1] * 3
