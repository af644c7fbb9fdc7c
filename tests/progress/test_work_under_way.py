from __future__ import annotations

import copy

import pytest

from pytest_steering.progress.progress import READ, counted
from pytest_steering.progress.work_under_way import Step, Work, WorkWatch


class Watched:
    """A watch whose clock is turned by hand, and what it told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[Work] = []
        self.watch = WorkWatch(lambda work: self.told.append(copy.deepcopy(work)), lambda: self.now)


@pytest.fixture
def watched():  # type: ignore[no-untyped-def]
    found = Watched()
    found.watch.begin()
    yield found
    found.watch.end()


def test_of_a_call_that_takes_no_longer_than_a_moment_nothing_is_told(watched: Watched) -> None:
    with counted(2) as advance:
        watched.now = 0.9
        advance(2)

    assert not watched.told


def test_a_long_call_is_told_at_a_pace_and_at_its_end(watched: Watched) -> None:
    with counted(100) as advance:
        for second in (1.0, 1.1, 1.4, 1.5, 2.0):
            watched.now = second
            advance(1)

    assert [work.step and work.step.done for work in watched.told] == [1, 4, 5, None]


def test_tokens_are_those_of_the_call(watched: Watched) -> None:
    READ.get()(1000)
    with counted(4) as advance:
        READ.get()(30)
        watched.now = 2.0
        READ.get()(30)
        advance(1)

    assert watched.told[0].step == Step(4, done=0, tokens=60, seconds=2.0)
    assert watched.told[0].step.tokens_per_second == 30.0


def test_a_call_within_a_call_is_shown_until_it_ends(watched: Watched) -> None:
    with counted(10, "step") as advance:
        with counted(3) as inner:
            watched.now = 1.5
            inner(1)
        watched.now = 3.0
        advance(1)

    assert [work.step.unit for work in watched.told if work.step] == ["sample", "step", "step"]
    assert watched.told[-2].step == Step(10, "step", 1, seconds=3.0)


def test_what_begins_is_announced_once_something_took_long(watched: Watched) -> None:
    watched.watch.announce()
    assert not watched.told

    watched.watch.announce(at_once=True)
    watched.now = 9.0
    watched.watch.announce()
    assert len(watched.told) == 2


def test_work_is_the_same_after_a_journey_as_plain_data() -> None:
    for work in (Work("test_a", 3), Work("test_a", 3, Step(4, "step", 2, 7, 1.5))):
        assert Work.from_dict(work.as_dict()) == work
