"""One suite on an embedded model, run in each way there is: every record says the same, time apart."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

import pytest

from pytest_steering.cli import main
from pytest_steering.records import to_line
from pytest_steering.run_folder.runs import find_run
from tests.inner_pytest import FEW_PLUGINS

pytestmark = pytest.mark.slow

SUITE = """
    from pathlib import Path
    import pytest
    from pytest_steering import Intervention, TextTask, scores

    TASK = TextTask.from_file(
        Path(__file__).with_name("openings.jsonl"),
        score=scores.words(),
        pairs=Path(__file__).with_name("pairs.jsonl"),
    )

    @pytest.mark.steering(task=TASK, split="test")
    @pytest.mark.parametrize("layer", range(3))
    def test_words(steering, contrast_pairs, layer):
        vector = steering.extract(contrast_pairs, method="mean_difference")
        steering.run(Intervention(vector, [layer], scale=0.5), controls=("negated",))
"""

WORDS = ("sky", "sea", "coat", "grass", "wall", "road")
CELLS = 3 * 3
"""Of each test an unsteered arm, a steered one and a negated one."""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose tests run `starcoder2` with one thread, as every worker does."""
    rows = [
        {"id": f"{split}-{word}", "prompt": f"The {word} is ({split})", "split": split}
        for split in ("train", "dev", "test")
        for word in WORDS
    ]
    pairs = [{"positive": f"The {word} is blue", "negative": f"The {word} is red"} for word in WORDS]
    for name, lines in {"openings": rows, "pairs": pairs}.items():
        (pytester.path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    pytester.makepyfile(test_it=SUITE)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join([*FEW_PLUGINS, "--steering-model=starcoder2"]))
    return pytester


def run(suite: pytest.Pytester, *flags: str) -> list[str]:
    """Run the tests in a process of their own; return the records of the run."""
    subprocess.run([sys.executable, "-m", "pytest", "-q", *flags], cwd=suite.path, check=True)
    return lines(suite, "latest")


def lines(suite: pytest.Pytester, name: str) -> list[str]:
    """The records of a run, sorted, each without how long it took."""
    found = find_run(name, suite.path / ".steering").read()
    assert not found.doubts
    return sorted(to_line(replace(record, latency={})) for record in found.records)


def merged(suite: pytest.Pytester, name: str) -> list[str]:
    folders = sorted(map(str, suite.path.glob(f"{name}/*/runs/*")))
    assert len(folders) == 4
    assert main(["merge", *folders, "--into", str(suite.path / f"{name}-merged")]) == 0
    return lines(suite, str(suite.path / f"{name}-merged"))


def shard(name: str, number: int) -> list[str]:
    return [f"--steering-shard={number}/4", f"--steering-dir={name}/{number}"]


def test_workers_and_shards_make_the_records_of_a_serial_run(suite: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    serial = run(suite)
    assert len(serial) == CELLS
    assert run(suite, "-n", "2", "--dist=load") == serial
    for number in (1, 2, 3, 4):
        run(suite, *shard("shards", number))
    assert merged(suite, "shards") == serial


def test_ray_makes_the_records_of_a_serial_run(suite: pytest.Pytester) -> None:
    if find_spec("ray") is None:
        pytest.skip("needs Ray: pip install pytest-steering[ray]")
    assert run(suite, "--steering-executor=ray") == run(suite)


def test_an_array_job_makes_the_records_of_a_serial_run(suite: pytest.Pytester) -> None:
    submitit = pytest.importorskip("submitit", reason="pip install submitit")
    executor = submitit.AutoExecutor(folder=suite.path / "jobs", cluster="local")
    executor.update_parameters(timeout_min=10)
    commands = [[sys.executable, "-m", "pytest", "-q", *shard("jobs", number)] for number in (1, 2, 3, 4)]
    for job in executor.map_array(partial(subprocess.run, cwd=suite.path, check=True), commands):
        job.result()
    assert merged(suite, "jobs") == run(suite)
