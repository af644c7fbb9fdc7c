from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.cli import main

TESTS = """
    from dataclasses import replace
    from tests.report.html.runs_at_hand import experiments

    def test_truth(steering):
        for record in experiments():
            steering.sink(replace(record, experiment=steering.name, node_id=steering.node_id))

    def test_that_fails(steering):
        assert False
"""


@pytest.fixture
def tests(project: pytest.Pytester) -> pytest.Pytester:
    project.syspathinsert(project._request.config.rootpath)
    project.makepyfile(test_x=TESTS)
    return project


def run(tests: pytest.Pytester, *options: str) -> pytest.RunResult:
    return tests.runpytest("--steering-model=one", "--steering-report=report.html", *options)


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)])
def test_a_run_ends_with_one_report_though_a_test_of_it_failed(
    tests: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    result = run(tests, *workers)
    page = (tests.path / "report.html").read_text(encoding="utf-8")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"Report: {tests.path / 'report.html'}"])
    assert "failed: 1 of 2 tests that make records: test_x.py::test_that_fails" in page
    assert 'id="experiment-1"' in page


def test_a_file_that_is_no_report_stops_the_run_before_its_first_test(tests: pytest.Pytester) -> None:
    (tests.path / "report.html").write_text("mine")
    result = run(tests)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "is no report of pytest-steering, so it is left as it is" in result.stderr.str()
    assert (tests.path / "report.html").read_text() == "mine"


def test_without_a_steered_test_the_report_says_that_there_is_none(tests: pytest.Pytester) -> None:
    run(tests, "-k", "no such test")

    assert "This run holds no scored experiment" in (tests.path / "report.html").read_text(encoding="utf-8")


def test_nothing_is_written_where_nothing_is_run(tests: pytest.Pytester) -> None:
    run(tests, "--collect-only")

    assert not (tests.path / "report.html").exists()


def test_the_command_writes_the_page_of_one_run_and_of_two(
    tests: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = []
    for _ in range(2):
        run(tests)
        runs = sorted((tests.path / ".steering" / "runs").iterdir())
    one, two = tests.path / "one.html", tests.path / "two.html"

    assert main(["report", str(runs[0]), "--html", str(one)]) == 0
    assert main(["report", *map(str, runs), "--html", str(two)]) == 0
    assert "What was found" in one.read_text(encoding="utf-8")
    assert "What changed" in two.read_text(encoding="utf-8")
    assert f"Report: {two}" in capsys.readouterr().out


def test_two_runs_without_a_page_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "one", "two", "--steering-dir", str(tmp_path)]) == 4
    assert "2 runs were named; the table is of one" in capsys.readouterr().err
