"""What a process of pytest does, test by test, told to whoever shows it: here or to xdist's controller."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

import pytest

from pytest_steering.printable import printable
from pytest_steering.progress.work_under_way import Work, WorkWatch
from pytest_steering.pytest_session.collection.collection import spec_of
from pytest_steering.pytest_session.pulse import Pulse
from pytest_steering.pytest_session.session import session_of


def send(channel: Any, work: Work) -> None:
    """Tell xdist's controller, as a worker.

    Args:
        channel: That the controller gave.
        work: What this process does.
    """
    with suppress(OSError):  # nobody listens any more
        channel.send(work.as_dict())


class ItemWatch:
    """Says what a process does, as a plugin of each that runs tests."""

    def __init__(self, config: pytest.Config, tell: Callable[[Work], object]) -> None:
        session = session_of(config)

        def tell_cells(work: Work) -> None:
            work.cells = len(session.written)
            tell(work)

        self._watch = WorkWatch(tell_cells)
        self._watch.begin()
        worker = getattr(config, "workerinput", {}).get("workerid", "main")
        self._pulse = Pulse(self._watch, session.tell_alive, worker, lambda: len(session.written))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Say which test begins, at once only where it is one of ours."""
        self._watch.work.name = printable(item.name, 100)
        if spec_of(item) is not None:
            self._watch.announce()
            self._pulse.begin()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Say that a model is loaded, which takes from a moment to minutes."""
        if fixturedef.argname != "steering_model":
            return (yield)
        test, model = self._watch.work.name, getattr(getattr(request, "param", None), "name", "")
        self._watch.work.name = printable(f"loading {model}", 100)
        self._watch.announce(at_once=True)
        try:
            return (yield)
        finally:
            self._watch.work.name = test
            self._watch.announce()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Say that this process is done."""
        self._pulse.end()

    def pytest_unconfigure(self) -> None:
        """Listen no more."""
        self._watch.end()
