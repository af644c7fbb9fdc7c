from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pytest_steering.cli import main

pytestmark = pytest.mark.usefixtures("few_plugins")


def suggested(result: pytest.RunResult, beginning: str) -> list[str] | None:
    """The words of the command that a line suggests, as a shell reads them, if there is such a line."""
    for line in result.stdout.lines:
        if line.startswith(beginning):
            return shlex.split(line.partition(": ")[2])
    return None


def again(project: pytest.Pytester, command: list[str] | None) -> pytest.RunResult:
    """Run a command of pytest that was suggested."""
    assert command is not None
    before = command[: command.index("pytest")]
    assert not before or before[-1] == "-m"
    return project.runpytest(*command[command.index("pytest") + 1 :])


def test_cells_without_a_baseline_are_accepted_by_the_command_that_is_suggested(
    gated: pytest.Pytester,
) -> None:
    command = suggested(gated.runpytest("-q"), "Accept 1 cell")

    assert command is not None
    assert main(command[1:]) == 0
    after = gated.runpytest("-q")
    after.stdout.fnmatch_lines(["gate: pass*"])
    assert suggested(after, "Accept") is None


def test_baselines_in_a_folder_of_another_name_are_found_by_the_command(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = gated.path / "what was accepted"
    command = suggested(gated.runpytest("-q", f"--steering-baselines={folder}"), "Accept 1 cell")

    assert command is not None
    assert main(command[1:]) == 0
    monkeypatch.setenv("WRONG", "60")
    worse = gated.runpytest("-q", f"--steering-baselines={folder}", "--steering-alpha=0.01")
    compare = suggested(worse, "Hold it against what was accepted")
    assert compare is not None
    assert compare[-1] == "--steering-alpha=0.01"
    assert main(compare[1:]) == 1


def test_what_failed_is_run_again_by_the_command_with_the_options_of_the_first(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.parametrize("name", ["a b", "c"])
        def test_one(steering, name):
            steering.run()
            assert name == "c"
        """
    )
    result = project.runpytest("--steering-model", "one", "-k", "a or c", "--cache-clear")
    command = suggested(result, "Run again what failed")

    result.assert_outcomes(passed=1, failed=1)
    again(project, command).assert_outcomes(failed=1)
    assert suggested(again(project, command), "Run again what failed") == command


def test_without_a_memory_of_failures_nothing_is_suggested_that_would_not_work(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(test_it="def test_one(steering):\n    steering.run()\n    assert False")
    result = project.runpytest("-p", "no:cacheprovider", "--steering-model=one")

    result.assert_outcomes(failed=1)
    assert suggested(result, "Run again what failed") is None


def test_a_run_that_stopped_is_gone_on_with_by_the_command(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        from pathlib import Path

        def test_one(steering):
            steering.run()
            assert Path("mended").exists()

        def test_two(steering):
            steering.run()
        """
    )
    result = project.runpytest("-x", "--steering-model=one")
    command = suggested(result, "Go on with it")

    result.assert_outcomes(failed=1)
    assert suggested(result, "Run again what failed") is None
    (project.path / "mended").touch()
    after = again(project, command)
    after.assert_outcomes(passed=2)
    assert len(list((project.path / ".steering" / "runs").iterdir())) == 1
    assert suggested(after, "Go on with it") is None


def test_the_page_is_written_by_the_command_unless_it_was_already(project: pytest.Pytester) -> None:
    project.makepyfile(test_it="def test_one(steering):\n    steering.run()")
    command = suggested(project.runpytest("--steering-model=one"), "See it as a page")

    assert command is not None
    assert main(command[1:]) == 0
    assert (project.path / "report.html").is_file()
    written = project.runpytest("--steering-model=one", "--steering-report=report.html")
    assert suggested(written, "See it as a page") is None
    assert suggested(written, "Report") is not None


def test_a_project_that_steers_nothing_is_told_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one():\n    assert False")
    result = pytester.runpytest()

    assert not any("pytest-steering" in line or "--lf" in line for line in result.stdout.lines)


def test_a_run_in_another_place_is_called_by_its_path(project: pytest.Pytester, tmp_path: Path) -> None:
    project.makepyfile(test_it="def test_one(steering):\n    steering.run()")
    elsewhere = tmp_path / "runs of mine"
    command = suggested(
        project.runpytest("--steering-model=one", f"--steering-dir={elsewhere}"), "See it as a page"
    )

    assert command is not None
    assert main(command[1:]) == 0
