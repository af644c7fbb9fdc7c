from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.records import Record
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.runs import Run, find_run


def _run(home: Path, name: str) -> Run:
    run = Run(home / "runs" / name)
    run.append(Record({"name": name}))
    return run


def test_a_run_is_found_by_its_id_by_the_beginning_of_it_by_path_and_as_the_latest(tmp_path: Path) -> None:
    early, late = _run(tmp_path, "20260101T000000Z-aaa"), _run(tmp_path, "20260102T000000Z-bbb")

    assert find_run("20260101T000000Z-aaa", tmp_path).path == early.path
    assert find_run("20260101", tmp_path).path == early.path
    assert find_run("latest", tmp_path).path == late.path
    assert find_run(str(early.folder), tmp_path / "elsewhere").path == early.path
    other = late.path.rename(tmp_path / "mine.jsonl")
    assert [record.spec for record in find_run(str(other), tmp_path).read().records] == [
        {"name": late.folder.name}
    ]


def test_a_run_that_is_not_there_is_answered_with_the_newest_ones(tmp_path: Path) -> None:
    _run(tmp_path, "20260101T000000Z-aaa")

    with pytest.raises(DataError, match=r"no runs are known as 'x'.*Newest runs: 20260101T000000Z-aaa"):
        find_run("x", tmp_path)
    with pytest.raises(DataError, match=r"there is none in .*runs; go to the folder where pytest ran"):
        find_run("latest", tmp_path / "nothing")


def test_a_beginning_that_several_runs_share_is_refused(tmp_path: Path) -> None:
    _run(tmp_path, "20260101T000000Z-aaa")
    _run(tmp_path, "20260101T000000Z-bbb")

    with pytest.raises(DataError, match="2 runs are known as '2026'"):
        find_run("2026", tmp_path)


def test_a_new_run_writes_nothing_before_its_first_record(tmp_path: Path) -> None:
    run = Run.new(tmp_path / ".steering")

    assert run.read() == Recorded()
    assert not (tmp_path / ".steering").exists()
    run.append(Record({}))
    assert run.read().records == (Record({}),)
    assert (tmp_path / ".steering" / ".gitignore").exists()


def test_two_runs_in_one_second_have_different_folders(tmp_path: Path) -> None:
    assert len({Run.new(tmp_path).folder for _ in range(20)}) == 20
