from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.run_folder.runs import find_run
from tests.disks import room_for

TESTS = """
    def test_a(steering): steering.run()
    def test_b(steering): steering.run(purpose="again")
"""


@pytest.fixture
def torn(project: pytest.Pytester) -> Path:
    """The records of a run on one model whose process was killed while it wrote the last of four."""
    project.makepyfile(TESTS)
    project.runpytest("--steering-model=one").assert_outcomes(passed=2)
    path = find_run("latest", project.path / ".steering").path
    path.write_bytes(path.read_bytes()[:-100])
    return path


def test_a_run_with_a_torn_line_is_gone_on_with_and_the_line_is_named(
    project: pytest.Pytester, torn: Path
) -> None:
    result = project.runpytest("--steering-model=one", "--steering-resume=latest")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["records.torn: a line that was cut off as it was written (* bytes) was set*", "4 records: *"]
    )
    assert len(find_run("latest", project.path / ".steering").read().records) == 4


def test_a_file_that_an_earlier_version_broke_in_such_a_way_is_gone_on_with(
    project: pytest.Pytester, torn: Path
) -> None:
    lines = torn.read_text().splitlines()
    torn.write_text("\n".join([*lines[:2], lines[3] + lines[2], ""]))
    result = project.runpytest("--steering-model=one", "--steering-resume=latest")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["line 3 of records.jsonl was cut off as it was written*", "4 records: *"])


def test_a_full_disk_fails_the_tests_it_meets_in_a_sentence_and_tears_no_line(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(TESTS)
    with room_for(6000):
        result = project.runpytest("--steering-model=one")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["E   *.jsonl cannot be written: No space left on device; *"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    found = find_run("latest", project.path / ".steering").read()
    assert 0 < len(found.records) < 4
    assert not found.torn


def test_a_line_that_is_no_record_at_all_is_a_sentence_and_no_traceback(
    project: pytest.Pytester, torn: Path
) -> None:
    with torn.open("a") as file:
        file.write("\n# a note of mine\n")
    result = project.runpytest("--steering-model=one", "--steering-resume=latest")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *records.jsonl, line 5: not a record*"])
