from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_steering.cli import main
from pytest_steering.report.life_signs import ago, goes_on, life_signs
from pytest_steering.run_folder.heartbeats import Heartbeat
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run

NOW = 10_000.0


def a_run(*beats: Heartbeat, held: bool | None = True, status: str = "started") -> Any:
    lock, manifest = SimpleNamespace(held=lambda: held), SimpleNamespace(status=status)
    return SimpleNamespace(lock=lock, manifest=manifest, heartbeats=beats)


def beat(seen: float, moved: float, over: str = "") -> Heartbeat:
    where = ("gw1", "process 7 on node3", "test_a[starcoder2]", 3, "120 of 320 samples")
    return Heartbeat(*where, at=NOW - seen, moved=NOW - moved, over=over)


WHERE = "in test_a[starcoder2], 3 cells so far, 120 of 320 samples"


@pytest.mark.parametrize(
    ("seen", "moved", "sentence"),
    [
        (1, 4, f"gw1 alive 4 s ago {WHERE}"),
        (1_200, 1_200, f"gw1 silent for 20 min {WHERE}, process 7 on node3"),
        (2, 7_300, f"gw1 lives but has done nothing for 2 h {WHERE}, process 7 on node3"),
    ],
)
def test_what_a_worker_does_is_a_sentence(seen: float, moved: float, sentence: str) -> None:
    found = a_run(beat(seen, moved))
    assert life_signs(found, NOW) == [sentence]
    assert goes_on(found, NOW) == ("alive" in sentence)


def test_a_run_that_no_process_holds_was_killed_however_fresh_its_signs_are() -> None:
    found = a_run(beat(1, 2), held=False)
    assert life_signs(found, NOW) == [f"gw1 was killed: it was last seen 1 s ago {WHERE}"]
    assert not goes_on(found, NOW)


def test_where_locks_are_not_known_the_signs_alone_decide() -> None:
    assert goes_on(a_run(beat(1, 2), held=None), NOW)
    assert not goes_on(a_run(beat(900, 900), held=None), NOW)


def test_who_died_is_told_with_the_reason() -> None:
    found = a_run(beat(5, 9, "died: the node is gone"))
    assert life_signs(found, NOW)[0].startswith("gw1 died: the node is gone 5 s ago, after test_a")
    assert not goes_on(found, NOW)


def test_a_run_that_ended_says_nothing_of_workers() -> None:
    assert life_signs(a_run(beat(1, 2), status="finished"), NOW) == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0 s"), (4.4, "4 s"), (119, "119 s"), (120, "2 min"), (86_400 * 2, "2 days")]
)
def test_times_are_in_the_largest_unit_that_they_have_two_of(seconds: float, text: str) -> None:
    assert ago(seconds) == text


def test_the_command_says_who_was_killed_and_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(tmp_path / "runs" / "20260101T000000Z-aaaaaa")
    run.keep(Manifest("started", selected={"t.py::a": PlannedTest("t", "starcoder")}))
    run.heartbeats.keep(Heartbeat("main", "process 1 on here", "a", 1))

    assert main(["status", "--steering-dir", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "has not ended, and no worker is known to be at work: 1 test that makes records" in said
    assert "main was killed" in said
    assert f"pytest --steering-resume={run.folder}" in said

    run.lock.take()
    run.heartbeats.keep(Heartbeat("main", "process 1 on here", "a", 1, at=1e12, moved=1e12))
    assert main(["status", "--steering-dir", str(tmp_path)]) == 0
    assert "main alive 0 s ago in a, 1 cell so far" in capsys.readouterr().out
    run.lock.release()

    run.keep(Manifest("finished", selected={"t.py::a": PlannedTest("t", "starcoder")}))
    assert main(["status", "--steering-dir", str(tmp_path)]) == 0
    assert "ended well, 1 test" in capsys.readouterr().out
