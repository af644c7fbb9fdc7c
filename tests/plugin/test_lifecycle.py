from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import Run, find_run
from tests.disks import room_for

pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    import os, signal
    import pytest

    def test_a(steering): steering.run()

    @pytest.mark.parametrize("n", [1, 2])
    def test_b(steering, n):
        if n == 2 and "KILL" in os.environ:
            os.kill(os.getpid(), signal.SIGKILL)
        assert "FAIL" not in os.environ

    def test_plain(): pass
    def test_model(steering_model): pass
"""


@pytest.fixture
def one(project: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests run on one model."""
    project.makeini("[pytest]\nsteering_models = one\n")
    project.makepyfile(test_it=TESTS)
    return project


def run_of(project: pytest.Pytester) -> Run:
    return find_run("latest", project.path / ".steering")


def manifest(project: pytest.Pytester) -> Manifest:
    return run_of(project).manifest


def endings(project: pytest.Pytester) -> dict[str, str]:
    return {name.partition("::")[2]: test.ending for name, test in manifest(project).selected.items()}


PASSED = {"test_a[one]": "passed", "test_b[one-1]": "passed", "test_b[one-2]": "passed"}


def test_a_run_says_what_was_to_run_and_how_that_ended(one: pytest.Pytester) -> None:
    one.runpytest()

    assert manifest(one).status == "finished"
    assert manifest(one).asked == ("",)
    assert endings(one) == PASSED
    assert {test.model for test in manifest(one).selected.values()} == {"one"}


@pytest.mark.slow
def test_the_controller_of_workers_says_it_for_all_of_them(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILL", "1")
    one.makepyfile(test_broken="import nothing_of_that_name")
    one.runpytest_subprocess("-n", "2", "--continue-on-collection-errors", "-k", "not test_a")

    assert manifest(one).status == "stopped"
    assert endings(one) == {"test_b[one-1]": "passed", "test_b[one-2]": "failed"}
    assert list(manifest(one).deselected) == ["test_it.py::test_a[one]"]
    assert set(manifest(one).uncollected) == {"test_broken.py"}

    monkeypatch.delenv("KILL")
    (one.path / "test_broken.py").unlink()
    one.runpytest_subprocess("-n", "2", "--steering-resume=latest", "-k", "test_a or 2")

    assert manifest(one).status == "finished"
    assert endings(one) == PASSED


def test_a_failed_test_fails_its_run(one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "1")
    one.runpytest()

    assert manifest(one).status == "failed"
    assert manifest(one).having("failed") == ["test_it.py::test_b[one-1]", "test_it.py::test_b[one-2]"]


def test_a_run_that_ends_at_its_first_failure_is_stopped(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIL", "1")
    one.runpytest("-x")

    assert manifest(one).status == "stopped"
    assert manifest(one).having("") == ["test_it.py::test_b[one-2]"]


def test_a_killed_run_stays_started_and_is_the_latest(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILL", "1")
    one.runpytest_subprocess("-k", "test_b")

    assert manifest(one).status == "started"
    assert run_of(one).read().records == ()
    assert manifest(one).having("") == ["test_it.py::test_b[one-1]", "test_it.py::test_b[one-2]"]


def test_a_stopped_run_that_is_gone_on_with_finishes(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setenv("FAIL", "1")
        one.runpytest("-x")
    one.runpytest("--steering-resume=latest", "-k", "test_b")

    assert manifest(one).status == "finished"
    assert endings(one) == PASSED
    assert not manifest(one).deselected


@pytest.mark.parametrize(
    ("arguments", "selected", "deselected", "asked"),
    [
        (["-k", "test_a"], {"test_a[one]"}, {"test_b[one-1]", "test_b[one-2]"}, ("",)),
        (["test_it.py::test_a"], {"test_a[one]"}, set(), ("test_it.py::test_a",)),
        (["test_it.py", "-m", "starcoder2"], set(PASSED), set(), ("test_it.py",)),
        (["--deselect=test_it.py::test_a"], {"test_b[one-1]", "test_b[one-2]"}, {"test_a[one]"}, ("",)),
    ],
)
def test_what_was_left_out_is_told_from_what_was_not_asked_for(
    one: pytest.Pytester,
    arguments: list[str],
    selected: set[str],
    deselected: set[str],
    asked: tuple[str, ...],
) -> None:
    one.runpytest(*arguments)
    found = manifest(one)

    assert set(endings(one)) == selected
    assert {name.partition("::")[2] for name in found.deselected} == deselected
    assert (found.status, found.asked) == ("finished", asked)


def test_paths_are_named_from_the_root_wherever_pytest_was_started(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = one.mkdir("deeper")
    (one.path / "test_it.py").rename(folder / "test_it.py")
    monkeypatch.chdir(folder)
    one.runpytest("test_it.py::test_a", f"--steering-model={one.path / 'one'}")

    assert manifest(one).asked == ("deeper/test_it.py::test_a",)
    assert list(manifest(one).selected) == ["deeper/test_it.py::test_a[one]"]


def test_a_file_that_cannot_be_collected_stops_the_run(one: pytest.Pytester) -> None:
    one.makepyfile(test_broken="import nothing_of_that_name")
    one.runpytest("--continue-on-collection-errors")

    assert manifest(one).status == "stopped"
    assert manifest(one).uncollected == ("test_broken.py",)
    assert endings(one) == PASSED


def test_skips_and_expected_failures_are_told_apart(one: pytest.Pytester) -> None:
    one.makepyfile(
        test_it="""
        import pytest
        @pytest.mark.skip
        def test_a(steering): pass
        @pytest.mark.xfail
        def test_b(steering): assert False
        @pytest.fixture
        def broken():
            yield
            assert False
        def test_c(steering, broken): pass
    """
    )
    one.runpytest()

    assert endings(one) == {"test_a[one]": "skipped", "test_b[one]": "passed", "test_c[one]": "failed"}


@pytest.mark.parametrize(
    "arguments", [["-k", "test_plain or test_model"], ["--collect-only"], ["-m", "starcodr2"]]
)
def test_a_run_without_tests_that_make_records_leaves_no_trace(
    one: pytest.Pytester, arguments: list[str]
) -> None:
    one.runpytest(*arguments)

    assert not (one.path / ".steering").exists()


def test_a_disk_that_is_full_before_the_first_test_ends_the_run_in_a_sentence(one: pytest.Pytester) -> None:
    with room_for(40):
        result = one.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *ledger.jsonl cannot be written: No space left on device*"])


def test_a_disk_that_is_full_at_the_end_fails_the_run_in_a_sentence(
    one: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Run.keep

    def full_at_the_end(run: Run, manifest: Manifest) -> None:
        with room_for(10 if manifest.status == "finished" else 10_000):
            keep(run, manifest)

    monkeypatch.setattr(Run, "keep", full_at_the_end)
    result = one.runpytest()

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ERROR: *ledger.jsonl cannot be written: No space left on device*"])
    assert manifest(one).status == "started"


def test_a_record_file_of_another_name_has_a_manifest_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").touch()
    run = find_run(str(tmp_path / "mine.jsonl"), tmp_path)
    run.keep(Manifest("finished"))

    assert run.manifest_path == tmp_path / "mine.run.json"
    assert find_run(str(tmp_path / "mine.jsonl"), tmp_path).manifest.status == "finished"
