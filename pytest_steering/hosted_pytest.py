"""A pytest that runs the tests it is handed, one by one, and says what becomes of them: a worker's inside."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from pytest_steering.execution.messages import Message
from pytest_steering.execution.work import Project, Unit
from pytest_steering.pytest_session.session import SteeringSession, session_of
from pytest_steering.pytest_session.workers import WRITTEN
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.run_folder.heartbeats import Heartbeat, Heartbeats
from pytest_steering.run_folder.record_entry import line_hash
from pytest_steering.run_folder.runs import Run


class HostedPytest:
    """One pytest session in a thread of its own."""

    def __init__(self, project: Project, worker: str) -> None:
        """Start nothing yet.

        Args:
            project: Whose tests are run.
            worker: Name of this one.
        """
        self._project = project
        self._inbox: SimpleQueue[tuple[Unit, Sequence[str]] | None] = SimpleQueue()
        self._outbox: SimpleQueue[Message] = SimpleQueue()
        self._tests = _HandedTests(worker, self._inbox, self._outbox)
        self._thread = threading.Thread(target=self._main, name="pytest-steering-worker", daemon=True)

    def start(self) -> Message:
        """Collect the tests; return that they are, or why not."""
        os.chdir(self._project.folder)
        os.environ.update(self._project.environment)
        sys.path[:] = dict.fromkeys([*self._project.paths, *sys.path])
        self._thread.start()
        first = self._outbox.get()
        return Message("died", f"its pytest ended: {first.text}") if first.kind == "closed" else first

    def run(self, unit: Unit, finished: Sequence[str]) -> Iterator[Message]:
        """Run a test and yield what it says, until it has ended.

        Args:
            unit: The test.
            finished: Records of its cells that need not be run again, as lines.
        """
        self._inbox.put((unit, finished))
        while True:
            message = self._outbox.get()
            yield message
            if message.kind in ("ended", "unknown", "died"):
                return

    def close(self) -> Message:
        """End the session, and return what it has to say at its end."""
        self._inbox.put(None)
        return next(one for one in iter(self._outbox.get, None) if one.kind in ("closed", "died"))

    def _main(self) -> None:
        scratch = tempfile.mkdtemp(prefix="pytest-steering-worker-")
        arguments = [*self._project.arguments, f"--basetemp={Path(scratch) / 'tests'}"]
        try:
            status = pytest.main(arguments, plugins=[self._tests])
        except BaseException:  # whatever it is, the one who waits has to hear of it
            self._outbox.put(Message("died", traceback.format_exc(limit=5)))
        else:
            # Which lines are written is for the one who writes them to say.
            said = {name: value for name, value in self._tests.said.items() if name != WRITTEN}
            self._outbox.put(Message("closed", self._tests.wrong or str(status), said))


class _HandedTests:
    """The plugin that has pytest run what it is handed."""

    def __init__(self, worker: str, inbox: SimpleQueue[Any], outbox: SimpleQueue[Message]) -> None:
        self._worker, self._inbox, self._outbox = worker, inbox, outbox
        self.said: dict[str, Any] = {}
        self.wrong = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Be a worker, as pytest, xdist and plugins know them."""
        self._config = config
        config.workerinput = {"workerid": self._worker}  # type: ignore[attr-defined]
        config.workeroutput = self.said  # type: ignore[attr-defined]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Print nothing, and send records to where the run's folder is."""
        session.config.pluginmanager.unregister(name="terminalreporter")
        steering: SteeringSession = session_of(session.config)
        steering.run = _SentRun(self._outbox)
        steering.finished = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected."""
        if report.failed:
            self.wrong += f"{report.nodeid}: {report.longreprtext[-1000:]}\n"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run tests until there are no more."""
        items = {item.nodeid: item for item in session.items}
        self._outbox.put(Message("ready"))
        while (job := self._inbox.get()) is not None:
            unit, finished = job
            item = items.get(unit.test)
            if item is None:
                self._outbox.put(Message("unknown", self.wrong))
                continue
            session_of(session.config).finished[unit.test] = _by_key(finished)
            # What stands behind a test decides which fixtures live on: here, those of its model do.
            behind = _sibling(item, session.items)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=behind)
            self._outbox.put(Message("ended"))
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Send a report."""
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._outbox.put(Message("report", data=data))


class _SentBeats(Heartbeats):
    """Signs of life that are sent to where the run's folder is."""

    def __init__(self, outbox: SimpleQueue[Message]) -> None:
        super().__init__(Path())
        self._outbox = outbox

    def keep(self, beat: Heartbeat) -> None:
        self._outbox.put(Message("alive", data=beat.as_dict()))


class _SentRun(Run):
    """A run whose folder is with somebody else: its records are sent there."""

    def __init__(self, outbox: SimpleQueue[Message]) -> None:
        super().__init__(Path(tempfile.gettempdir()) / "pytest-steering-elsewhere")
        self._outbox = outbox
        self.heartbeats = _SentBeats(outbox)

    def append(self, record: Record) -> str:
        line = to_line(record)
        self._outbox.put(Message("record", line))
        return line_hash(line.encode("utf-8"))

    def join(self) -> None:
        """Hold nothing: the one who writes does."""


def _by_key(lines: Sequence[str]) -> dict[str, Record]:
    return {record.key: record for record in map(from_line, lines)}


def _sibling(item: pytest.Item, items: Sequence[pytest.Item]) -> pytest.Item | None:
    """Return another test, of the same file if there is one."""
    others = [one for one in items if one is not item]
    return next((one for one in others if one.path == item.path), others[0] if others else None)
