from __future__ import annotations

import json
import re

import pytest

from pytest_steering import records
from pytest_steering.devices import THREADS, available_cores
from pytest_steering.run_folder.runs import find_run

pytest.importorskip("xdist")
pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    import pytest
    @pytest.mark.parametrize("n", range(4))
    def test_a(steering, n): steering.run()
    def test_b(steering_model): pass
    @pytest.mark.parametrize("n", range(4))
    def test_plain(n): pass
    @pytest.mark.steering(models=["two"])
    def test_c(steering): steering.run()
"""


def _lines(project: pytest.Pytester) -> list[str]:
    """The records of the newest run, sorted; time apart they say all that was found."""
    found = find_run("latest", project.path / ".steering").read()
    return sorted(records.to_line(record) for record in found.records)


def test_each_model_is_loaded_once_and_the_records_are_those_of_a_serial_run(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile(TESTS)
    scratch = project.mkdir("scratch")
    monkeypatch.setenv("TMPDIR", str(scratch))
    project.runpytest().assert_outcomes(passed=20)
    serial = _lines(project)
    result = project.runpytest_subprocess("-n", "2")

    result.assert_outcomes(passed=20)
    result.stdout.fnmatch_lines(["3 models, 3 loads", f"{len(serial)} records: *"])
    assert len(re.findall("^arm .*Δ acc", str(result.stdout), re.MULTILINE)) == 1
    assert _lines(project) == serial
    assert len({record.partition('"arm"')[2] for record in serial}) == len(serial)
    assert len(list((project.path / ".steering/runs").iterdir())) == 2
    assert not list(scratch.glob("pytest-steering-*"))


def test_one_model_stays_on_one_worker(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_subprocess("-n", "2", "--steering-model=one", "-k", "test_a or test_b")

    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["1 model, 1 load"])


# Stands in for torch in each worker: importing it costs more than all the rest.
TORCH = """
import sys
threads = [64]
sys.modules["torch"] = SimpleNamespace(
    get_num_threads=lambda: threads[0], set_num_threads=lambda count: threads.append(threads.pop() and count)
)
"""


def name_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)


def _workers_on(project: pytest.Pytester, *flags: str) -> set[tuple[str, str]]:
    """Each worker that ran a test, as the device and the threads it was given."""
    with (project.path / "conftest.py").open("a") as conftest:
        conftest.write(TORCH)
    project.makepyfile("""
        import os, time, pytest
        @pytest.mark.parametrize("n", range(6))
        def test_a(steering_model, n):
            import torch
            time.sleep(0.05)
            device = os.environ.get("CUDA_VISIBLE_DEVICES", "")
            with open("given", "a") as file:
                file.write(f"{device} {torch.get_num_threads()}" + chr(10))
    """)
    result = project.runpytest_subprocess("-n", "2", *flags)
    result.assert_outcomes(passed=6 * (1 if "--steering-model=one" in flags else 3))
    lines = (project.path / "given").read_text().splitlines()
    return {(line.split(" ")[0], line.split(" ")[1]) for line in lines}


def test_each_worker_has_its_own_device_and_its_share_of_the_cores(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,3")
    name_no_threads(monkeypatch)
    threads = str(max(1, available_cores() // 2))

    assert _workers_on(project) == {("5", threads), ("3", threads)}


def test_the_worker_of_a_single_model_has_all_cores(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    name_no_threads(monkeypatch)

    assert _workers_on(project, "--steering-model=one") == {("", str(available_cores()))}


@pytest.mark.slow
def test_a_single_model_runs_on_both_workers_where_each_has_a_device(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    name_no_threads(monkeypatch)
    threads = str(max(1, available_cores() // 2))

    assert _workers_on(project, "--steering-model=one") == {("0", threads), ("1", threads)}


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda:1", marks=pytest.mark.slow)])
def test_a_device_that_was_asked_for_is_not_overruled(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    flags = ("--steering-model=one", f"--steering-device={device}")

    assert {device for device, _ in _workers_on(project, *flags)} == {"0,1"}


def test_a_worker_without_a_model_is_left_as_it_is(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_no_threads(monkeypatch)
    monkeypatch.delenv("MKL_CBWR", raising=False)
    project.makepyfile("""
        import os, sys
        def test_a():
            assert not {"OMP_NUM_THREADS", "MKL_CBWR"} & os.environ.keys()
            assert "torch" not in sys.modules
    """)
    project.runpytest_subprocess("-n", "2").assert_outcomes(passed=1)


@pytest.mark.slow
def test_a_distribution_that_was_asked_for_is_kept(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_subprocess("-n", "2", "--dist=loadfile", "-k", "test_b")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["3 models, 3 loads"])


def test_a_killed_worker_loses_no_finished_cell(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import os, signal
        def test_a(steering): steering.run()
        def test_b(steering, request):
            if steering.model.name == "two":
                os.kill(os.getpid(), signal.SIGKILL)
        def test_c(steering): steering.run()
    """)
    result = project.runpytest_subprocess("-n", "2")

    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["*worker*crashed*"])
    done = [json.loads(line) for line in _lines(project)]
    assert {(row["spec"]["model"]["name"], row["experiment"]) for row in done} == {
        (model, test) for model in ("one", "two", "three") for test in ("test_a", "test_c")
    }


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["-m", "starcodr2"], "did you mean 'starcoder2'?"),
        pytest.param(
            ["--steering-model=starcodr2"],
            "did you mean 'starcoder2' or 'starcoder'?",
            marks=pytest.mark.slow,
        ),
        pytest.param(["--steering-engine=x"], "one of hooks, nnsight, both", marks=pytest.mark.slow),
    ],
)
def test_a_mistake_is_a_usage_error_here_too(
    project: pytest.Pytester, flags: list[str], sentence: str
) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_subprocess("-n", "2", *flags)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in str(result.stdout) + str(result.stderr)
    assert "INTERNALERROR" not in str(result.stdout)


@pytest.mark.slow
def test_a_wrong_marker_is_named_here_too(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        @pytest.mark.steering(models=["tow"])
        def test_a(steering_model): pass
    """)
    result = project.runpytest_subprocess("-n", "2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "no model is known as 'tow'" in str(result.stdout) + str(result.stderr)
