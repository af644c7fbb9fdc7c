"""Four shards as an array job of submitit, whose local executor runs here what Slurm runs on a cluster."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

from pytest_steering.cli import main
from pytest_steering.records import to_line
from pytest_steering.run_folder.runs import find_run
from tests.plugin.test_shards import TESTS

submitit = pytest.importorskip("submitit", reason="pip install submitit")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_plugins")]


def test_shards_of_an_array_job_are_merged_to_the_records_of_a_serial_run(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TESTS)
    executor = submitit.AutoExecutor(folder=project.path / "jobs", cluster="local")
    executor.update_parameters(timeout_min=5)
    commands = [
        [sys.executable, "-m", "pytest", "-q", f"--steering-shard={n}/4", f"--steering-dir=shards/{n}"]
        for n in (1, 2, 3, 4)
    ]
    jobs = executor.map_array(partial(subprocess.run, cwd=project.path, check=True), commands)
    for job in jobs:
        job.result()
    project.runpytest("-q")
    serial = find_run("latest", project.path / ".steering")
    shards = sorted(map(str, project.path.glob("shards/*/runs/*")))

    assert main(["merge", *shards, "--into", str(project.path / "all")]) == 0
    merged = find_run(str(project.path / "all"), project.path)
    assert sorted(map(to_line, merged.read().records)) == sorted(map(to_line, serial.read().records))
