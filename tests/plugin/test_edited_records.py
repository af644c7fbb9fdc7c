from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.run_folder.runs import Run, find_run

pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    def test_a(steering): steering.run()
    def test_b(steering): steering.run()
"""
NOT_AS_WRITTEN = "*line 2 of the records (steered of *test_a* is not as it was written*"
Change = Callable[[list[str]], list[str]]


@pytest.fixture
def finished(project: pytest.Pytester) -> Run:
    """A finished run of two tests on one model, of two records each."""
    project.makepyfile(TESTS)
    project.runpytest("--steering-model=one").assert_outcomes(passed=2)
    return find_run("latest", project.path / ".steering")


def edit(run: Run, change: Change) -> None:
    run.path.write_text("".join(f"{line}\n" for line in change(run.path.read_text().splitlines())))


def flipped(lines: list[str]) -> list[str]:
    """The steered record of the first test with one verdict turned round."""
    row = json.loads(lines[1])
    row["outcomes"][0] |= {"predicted": "yes", "correct": False}
    return [lines[0], json.dumps(row, sort_keys=True), *lines[2:]]


def unwrapped(result: pytest.RunResult) -> pytest.LineMatcher:
    """What was printed, as one line."""
    return pytest.LineMatcher([" ".join(result.stdout.str().split())])


def resumed(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest("--steering-model=one", "--steering-resume=latest", *options)


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)])
def test_an_edited_record_is_named_on_resume_and_made_again(
    project: pytest.Pytester, finished: Run, workers: tuple[str, ...]
) -> None:
    before = finished.read().records
    edit(finished, flipped)
    result = resumed(project, *workers)

    result.assert_outcomes(passed=2)
    unwrapped(result).fnmatch_lines([NOT_AS_WRITTEN])
    assert len(finished.path.read_text().splitlines()) == 5
    assert sorted(one.address for one in finished.read().records) == sorted(one.address for one in before)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0], *lines[2:]], "the record of steered of *test_a* is in the ledger alone*"),
        (lambda lines: [*lines, lines[1]], "line 5 of the records (steered of *test_a* a second time*"),
    ],
    ids=["taken away", "put in twice"],
)
def test_a_line_that_is_missing_or_stands_twice_is_named_by_the_report(
    finished: Run, capsys: pytest.CaptureFixture[str], change: Change, said: str
) -> None:
    edit(finished, change)
    assert main(["report", str(finished.folder)]) == 0
    assert fnmatch(" ".join(capsys.readouterr().out.split()), f"*{said}*")


@pytest.mark.parametrize("command", ["report", "gate", "accept"])
def test_commands_say_that_a_record_was_edited(
    finished: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    edit(finished, flipped)
    baselines = [] if command == "report" else ["--steering-baselines", str(tmp_path / "baselines")]
    main([command, str(finished.folder), *baselines])

    assert "is not as it was written" in " ".join(capsys.readouterr().out.split())
    assert not list(tmp_path.rglob("test_a.json"))


def test_a_run_without_a_ledger_is_gone_on_with_and_nothing_vouches_for_it(
    project: pytest.Pytester, finished: Run
) -> None:
    finished.ledger_path.unlink()
    row = json.loads(finished.manifest_path.read_text())
    del row["ledger"]
    finished.manifest_path.write_text(json.dumps(row))
    result = resumed(project)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["4 records are older than the ledger; nothing vouches for them"])
    assert len(finished.path.read_text().splitlines()) == 4


def test_a_ledger_that_was_taken_away_is_named_and_everything_is_made_again(
    project: pytest.Pytester, finished: Run
) -> None:
    finished.ledger_path.unlink()
    result = resumed(project)

    result.assert_outcomes(passed=2)
    unwrapped(result).fnmatch_lines(["*of the records (unsteered of *; it is passed over*"])
    assert len(finished.path.read_text().splitlines()) == 8


def test_the_chain_holds_after_a_run_by_several_workers(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    project.runpytest("-n", "2").assert_outcomes(passed=6)
    found = find_run("latest", project.path / ".steering")

    assert found.read().vouched
    assert found.read().doubts == ()
    assert len(found.read().records) == 12
