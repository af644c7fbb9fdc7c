"""Runs the tests of a session on workers elsewhere: hands them out, takes records and reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering.counted import counted
from pytest_steering.execution.dispatch import Dispatch
from pytest_steering.execution.messages import Message
from pytest_steering.execution.pool import Pool
from pytest_steering.execution.work import Unit
from pytest_steering.pytest_session import workers
from pytest_steering.pytest_session.collection.collection import spec_of
from pytest_steering.pytest_session.session import session_of
from pytest_steering.records import from_line, to_line
from pytest_steering.run_folder.heartbeats import Heartbeat


class Coordinator:
    """One session's tests on the workers of a pool."""

    def __init__(self, session: pytest.Session, pool: Pool) -> None:
        """Hand out nothing yet.

        Args:
            session: pytest's, with the tests that it collected.
            pool: Where they run.
        """
        self._session, self._pool = session, pool
        self._steering = session_of(session.config)
        self._items = {item.nodeid: item for item in session.items}
        self._dispatch = Dispatch(
            Unit(item.nodeid, spec.name) for item in session.items if (spec := spec_of(item))
        )
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._reports: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._idle: set[str] = set()
        for test, records in self._steering.finished.items():
            self._lines[test] += map(to_line, records.values())

    def run(self) -> None:
        """Run all tests; those without a model here, as they cost next to nothing."""
        self._run_here([item for item in self._session.items if spec_of(item) is None])
        try:
            self._listen()
            if not self._stopped:
                self._give_up(self._dispatch.left(), "no worker is left")
        finally:
            for message in self._pool.close():
                workers.merge(self._steering, message.data)
            self._tell_deaths()

    @property
    def _stopped(self) -> bool:
        return any((self._session.shouldstop, self._session.shouldfail))

    @property
    def _done(self) -> bool:
        return self._stopped or self._dispatch.over

    def _listen(self) -> None:
        said = iter(()) if self._done else self._pool.messages()
        for worker, message in said:
            self._take(worker, message)
            if self._done:
                return

    def _run_here(self, items: Sequence[pytest.Item]) -> None:
        for item, behind in zip(items, [*items[1:], None], strict=False):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=behind)
            if self._stopped:
                return

    def _take(self, worker: str, message: Message) -> None:
        unit = self._dispatch.running(worker)
        if message.kind == "record" and unit is not None:
            self._record(unit, message.text)
        elif message.kind == "alive":
            self._steering.run.heartbeats.keep(Heartbeat.from_dict(message.data))
        elif message.kind == "report":
            self._reports[worker].append(message.data)
        elif message.kind == "unknown" and unit is not None:
            self._dispatch.ended(worker)
            self._give_up(
                [unit], f"{worker} has no such test; the same files are to be there\n{message.text}"
            )
            self._hand_out(worker)
        elif message.kind in ("ready", "ended"):
            self._report(self._reports.pop(worker, []))
            self._dispatch.ended(worker)
            self._hand_out(worker)
        elif message.kind == "died":
            self._bury(worker, message.text)

    def _hand_out(self, worker: str) -> None:
        unit = self._dispatch.next_for(worker)
        if unit is None:
            self._idle.add(worker)
            return
        self._idle.discard(worker)
        item = self._items[unit.test]
        if not self._dispatch.deaths[unit.test]:
            item.ihook.pytest_runtest_logstart(nodeid=unit.test, location=item.location)
        self._pool.send(worker, unit, self._lines[unit.test])

    def _bury(self, worker: str, why: str) -> None:
        self._idle.discard(worker)
        self._reports.pop(worker, None)
        self._steering.run.heartbeats.bury(worker, f"died: {why}")
        lost = self._dispatch.died(worker)
        self._steering.notes.append(f"{worker} died: {why}")
        if lost is not None:
            self._give_up([lost], f"{self._dispatch.deaths[lost.test]} workers died of it; the last: {why}")
        for other in sorted(self._idle):
            self._hand_out(other)

    def _record(self, unit: Unit, line: str) -> None:
        record, deaths = from_line(line), self._dispatch.deaths[unit.test]
        if deaths:
            record = replace(record, latency={**record.latency, "worker_deaths": float(deaths)})
        self._steering.write(record)
        self._lines[unit.test].append(to_line(record))

    def _report(self, phases: Sequence[Mapping[str, Any]]) -> None:
        """Tell pytest how a test ended: all phases at once, as those of a worker that dies do not count."""
        hook = self._session.config.hook
        for data in phases:
            report = hook.pytest_report_from_serializable(config=self._session.config, data=data)
            hook.pytest_runtest_logreport(report=report)
            if report.when == "teardown":
                hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)

    def _give_up(self, units: Sequence[Unit], why: str) -> None:
        for unit in units:
            item = self._items[unit.test]
            report = pytest.TestReport(
                unit.test, item.location, {}, "failed", f"{unit.test} did not run to its end: {why}", "call"
            )
            item.ihook.pytest_runtest_logreport(report=report)

    def _tell_deaths(self) -> None:
        again = sum(self._dispatch.deaths.values())
        if again:
            self._steering.notes.append(
                f"{counted(again, 'worker')} died with a test; cells that had ended were not run again"
            )
