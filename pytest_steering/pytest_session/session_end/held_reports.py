"""Passed tests whose cells the gate still has to judge: their reports wait until the run's end.

The gate's level is one for the whole run, so that no test can be judged before the last has run. A test that
passed and expects a baseline is reported once, at the end: as passed, or as failed with what the gate found.
Whatever counts, prints or writes reports (the summary, JUnit, `--lf`, other plugins) then sees one result.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pytest

from pytest_steering.pytest_session.session_end.failures import explained

GATE = "steering.gate"
"""The property of a test that the gate judged."""

_GATED, _HELD, _RELEASED = "steering_gated", "steering_held", "steering_released"

Status: TypeAlias = tuple[str, str, str]


def mark(report: pytest.TestReport, expecting: set[str]) -> None:
    """Say on a report that the gate will judge its test; workers of xdist send it on.

    Args:
        report: Of any phase.
        expecting: Ids of the tests that expect a baseline.
    """
    if report.nodeid in expecting:
        setattr(report, _GATED, True)


class HeldReports:
    """The plugin that holds reports back, in the process that reports to a person."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._held: dict[tuple[str, object], list[pytest.TestReport]] = {}
        self._silent = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the reports of a gated test that passes; one whose teardown fails is shown at once.

        No plugin can keep a report from the others. What the others get instead is a setup that passed,
        which says nothing: it is neither counted nor printed nor written.
        """
        if not hasattr(report, _GATED) or hasattr(report, _RELEASED):
            return
        place = report.nodeid, getattr(report, "node", None)
        if report.passed and (report.when == "call" or place in self._held):
            self._held.setdefault(place, []).append(copy.copy(report))
            report.when, report.duration, report.sections = "setup", 0.0, []
            setattr(report, _HELD, len(self._held[place]) == 1)
        elif place in self._held:
            self._show(self._held.pop(place))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Status | None:
        """Show a held test as measured when it ends, and count it without a word when it is released."""
        if getattr(report, _HELD, False):
            return "", ".", "MEASURED"
        if self._silent and report.passed and report.when == "call":
            return "passed", "", ""
        return None

    def release(self, failures: Mapping[str, Sequence[str]]) -> None:
        """Report every held test, once and for all.

        Args:
            failures: What the gate found against tests, by their ids.
        """
        for (name, _), reports in self._held.items():
            for report in reports:
                report.user_properties.append((GATE, "failed" if failures.get(name) else "passed"))
            if failures.get(name):
                _fail(reports[0], failures[name])
        held, self._held, self._silent = self._held, {}, True
        for reports in held.values():
            self._show(reports)
        self._silent = False

    def _show(self, reports: Sequence[pytest.TestReport]) -> None:
        for report in reports:
            setattr(report, _RELEASED, True)
            self._config.hook.pytest_runtest_logreport(report=report)


def _fail(report: pytest.TestReport, lines: Sequence[str]) -> None:
    path, line, _ = report.location
    report.outcome, report.longrepr = "failed", explained(lines, path, (line or 0) + 1, "gate")


HELD = pytest.StashKey[HeldReports]()


def register(config: pytest.Config) -> None:
    """Hold reports back from here on, unless this process is a worker of xdist, which sends them on.

    What wants each report as it is, when it is made, has to be registered later: it is called earlier.

    Args:
        config: Of the process.
    """
    if not hasattr(config, "workerinput"):
        config.stash[HELD] = HeldReports(config)
        config.pluginmanager.register(config.stash[HELD], "steering_held_reports")


def release(config: pytest.Config, failures: Mapping[str, Sequence[str]]) -> None:
    """Report every held test of a process; see `HeldReports.release`."""
    if HELD in config.stash:
        config.stash[HELD].release(failures)
