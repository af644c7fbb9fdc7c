from __future__ import annotations

from pathlib import Path

from pytest_steering.run_folder.heartbeats import Heartbeat, Heartbeats

BEAT = Heartbeat("gw0", "process 1 on here", "test_a", 3, "4 of 9 samples", at=100.0, moved=90.0)


def test_a_worker_has_one_sign_of_life_and_it_is_the_last(tmp_path: Path) -> None:
    beats = Heartbeats(tmp_path / "alive")
    beats.keep(Heartbeat("gw0", "process 1 on here"))
    beats.keep(BEAT)
    beats.keep(Heartbeat("gw1", "process 2 on here"))
    assert [beat.worker for beat in beats] == ["gw0", "gw1"]
    assert next(iter(beats)) == BEAT


def test_who_died_keeps_what_it_said_last(tmp_path: Path) -> None:
    beats = Heartbeats(tmp_path / "alive")
    beats.keep(BEAT)
    beats.bury("gw0", "died: killed")
    beats.bury("gw1", "died: at once")
    first, second = beats
    assert (first.doing, first.moved, first.over) == ("test_a", 90.0, "died: killed")
    assert first.at > 100
    assert second.over == "died: at once"


def test_files_of_something_else_are_no_signs_of_life(tmp_path: Path) -> None:
    for name, text in {"a": "{", "b": "[]", "c": '{"worker": 1}', "d": '{"x": 1}', "e": "3"}.items():
        (tmp_path / f"{name}.json").write_text(text)
    Heartbeats(tmp_path).keep(BEAT)
    assert [beat.worker for beat in Heartbeats(tmp_path)] == ["gw0"]


def test_a_run_whose_folder_is_gone_is_not_made_again(tmp_path: Path) -> None:
    Heartbeats(tmp_path / "gone" / "alive").keep(BEAT)
    assert not (tmp_path / "gone").exists()


def test_none_is_left_of_what_is_cleared(tmp_path: Path) -> None:
    beats = Heartbeats(tmp_path / "alive")
    beats.keep(BEAT)
    beats.clear()
    assert not list(beats)
    assert not list(tmp_path.iterdir())
