from __future__ import annotations

import time

import pytest

from pytest_steering.progress.progress import READ, WATCHER
from pytest_steering.progress.work_under_way import WorkWatch
from pytest_steering.pytest_session import pulse
from pytest_steering.pytest_session.pulse import Pulse
from pytest_steering.run_folder.heartbeats import Heartbeat


def test_it_says_what_is_done_and_when_it_last_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PACE", 0.01)
    said: list[Heartbeat] = []
    watch = WorkWatch(lambda _work: None)
    watch.work.name = "test_a"
    watch.begin()
    try:
        of = Pulse(watch, said.append, "gw0", lambda: 2)
        of.begin()
        with WATCHER.get()(9, "sample") as advance:
            advance(4)
            time.sleep(0.1)
            still = said[-1]
            READ.get()(100)
        of.end()
    finally:
        watch.end()
    assert (still.worker, still.doing, still.cells, still.steps) == ("gw0", "test_a", 2, "4 of 9 samples")
    assert still.at - still.moved > 0.05  # it lives, and does nothing
    assert said[-1].moved - still.moved > 0.05
    assert said[-1].over == "ended"
    assert len(said) > 3


def test_a_process_without_a_test_of_ours_says_nothing() -> None:
    said: list[Heartbeat] = []
    Pulse(WorkWatch(lambda _work: None), said.append, "main", lambda: 0).end()
    assert not said
