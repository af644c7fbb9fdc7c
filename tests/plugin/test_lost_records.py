"""A run's folder is deleted, emptied or loses its ledger while the run goes on."""

from __future__ import annotations

import pytest

from pytest_steering.run_folder.runs import Run, find_run

pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    import os, shutil
    from pathlib import Path
    def test_a(steering): steering.run()
    def test_b(steering):
        steering.run()
        for run in Path(".steering/runs").iterdir():
            match os.environ.get("LOSE"):
                case "folder": shutil.rmtree(run)
                case "home": shutil.rmtree(".steering")
                case "records": (run / "records.jsonl").unlink()
                case "lines": (run / "records.jsonl").write_bytes(b"")
                case "ledger": (run / "ledger.jsonl").unlink()
                case "replaced": (run / "records.jsonl").unlink(); (run / "records.jsonl").mkdir()
    def test_c(steering): steering.run()
"""


@pytest.fixture
def tests(project: pytest.Pytester) -> pytest.Pytester:
    project.makepyfile(test_x=TESTS)
    return project


def run(tests: pytest.Pytester, *options: str) -> pytest.RunResult:
    return tests.runpytest("--steering-model=one", *options)


def newest(tests: pytest.Pytester) -> Run:
    return find_run("latest", tests.path / ".steering")


def cells(found: Run) -> set[tuple[str, str]]:
    return {(record.experiment, record.arm) for record in found.read().records}


@pytest.mark.parametrize("lost", ["folder", "home", "records", "lines"])
def test_what_was_lost_is_named_fails_the_run_and_is_made_again_by_going_on_with_it(
    tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    monkeypatch.setenv("LOSE", lost)
    result = run(tests)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "ERROR: 4 of 6 records written to */records.jsonl are there no more, as where its folder is "
            "deleted meanwhile; --steering-resume=* makes them again: those of test_x.py::test_a[[]one[]], "
            "test_x.py::test_b[[]one[]]"
        ]
    )
    found = newest(tests)
    assert cells(found) == {("test_c", "unsteered"), ("test_c", "steered")}
    assert found.manifest.status == "failed"
    assert [test.ending for test in found.manifest.selected.values()] == ["lost", "lost", "passed"]

    monkeypatch.setenv("LOSE", "")
    assert run(tests, "--steering-resume=latest").ret == pytest.ExitCode.OK
    assert len(cells(found)) == 6
    assert newest(tests).manifest.status == "finished"


def test_without_the_ledger_that_vouches_for_them_all_are_lost(
    tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSE", "ledger")
    result = run(tests)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ERROR: 6 of 6 records written to *"])
    assert cells(newest(tests)) == set()
    assert {test.ending for test in newest(tests).manifest.selected.values()} == {"lost"}


def test_what_cannot_be_written_on_fails_the_tests_that_come_and_the_run(
    tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSE", "replaced")
    result = run(tests)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["E   *records.jsonl cannot be written: Is a directory", "ERROR: *cannot be read*"]
    )
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_workers_tell_what_they_wrote(tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xdist")
    monkeypatch.setenv("LOSE", "folder")
    result = tests.runpytest_subprocess("--steering-model=one", "-n", "2")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ERROR: 4 of 6 records written to * are there no more*"])
    assert newest(tests).manifest.status == "failed"
