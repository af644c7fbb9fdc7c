from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.errors import DataError, StorageError
from pytest_steering.run_folder.manifest import Manifest, PlannedTest, read_manifest, write_manifest
from tests.disks import room_for

A, B, C = (PlannedTest(f"test_x.py::test_{name}", "one") for name in "abc")
STARTED = Manifest("started", ("benchmarks",), {"a": A, "b": B}, {"c": C})


def test_a_manifest_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    ended = STARTED.ended({"a": "passed"}, ["test_y.py"], to_its_end=True)
    write_manifest(tmp_path / "deeper" / "run.json", ended)

    assert read_manifest(tmp_path / "deeper" / "run.json") == ended


def test_a_run_that_nobody_wrote_down_is_of_unknown_status(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "run.json") == Manifest("unknown")


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"status": "asleep"}, {"selected": 3}, {"selected": {"a": {"name": "x"}}}]
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"schema": 1, **STARTED.as_dict(), **change}))

    with pytest.raises(DataError, match=r"run\.json (was written by another version|does not say how)"):
        read_manifest(path)


def test_a_full_disk_leaves_the_earlier_manifest(tmp_path: Path) -> None:
    write_manifest(tmp_path / "run.json", STARTED)
    with room_for(10), pytest.raises(StorageError):
        write_manifest(tmp_path / "run.json", Manifest())

    assert read_manifest(tmp_path / "run.json") == STARTED


@pytest.mark.parametrize(
    ("endings", "uncollected", "to_its_end", "status"),
    [
        ({"a": "passed", "b": "passed"}, [], True, "finished"),
        ({"a": "passed", "b": "skipped"}, [], True, "finished"),
        ({"a": "passed", "b": "failed"}, [], True, "failed"),
        ({"a": "passed", "b": "passed"}, [], False, "stopped"),
        ({"a": "passed"}, [], True, "stopped"),
        ({"a": "failed"}, [], True, "stopped"),
        ({"a": "passed", "b": "passed"}, ["test_y.py"], True, "stopped"),
        ({"a": "passed", "c": "passed"}, [], True, "stopped"),
    ],
)
def test_a_run_is_finished_when_all_that_was_selected_has_ended(
    endings: dict[str, str], uncollected: list[str], to_its_end: bool, status: str
) -> None:
    ended = STARTED.ended(endings, uncollected, to_its_end=to_its_end)  # type: ignore[arg-type]

    assert ended.status == status
    assert ended.having("passed") == [name for name in "ab" if endings.get(name) == "passed"]


def test_a_run_that_is_gone_on_with_remembers_what_ended_before() -> None:
    stopped = STARTED.ended({"a": "passed"}, ["test_y.py"], to_its_end=False)
    again = stopped.begun(Manifest("started", ("benchmarks/test_b.py",), {"b": B}, {"a": A}))

    assert again.status == "started"
    assert again.asked == ("benchmarks", "benchmarks/test_b.py")
    assert (again.having("passed"), again.having("")) == (["a"], ["b"])
    assert set(again.deselected) == {"c"}
    assert again.ended({"b": "passed"}, [], to_its_end=True).status == "finished"


def test_what_was_left_out_before_and_runs_now_is_selected() -> None:
    again = STARTED.begun(Manifest("started", ("benchmarks",), {"c": C}))

    assert set(again.selected) == {"a", "b", "c"}
    assert not again.deselected
