"""What continuous integration is told of a run: JUnit properties, GitHub's annotations and summary.

Only tests that ask for a model are told of; a variable that GitHub sets switches its part on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.printable import harmless
from pytest_steering.pytest_session.lifecycle import lifecycle_of
from pytest_steering.pytest_session.session_end.gating import found_in

if TYPE_CHECKING:
    from pytest_steering.pytest_session.session import SteeringSession
    from pytest_steering.records import Record
    from pytest_steering.report.ci.annotations import Failure

_MADE = pytest.StashKey[list["Record"]]()


def note(item: pytest.Item, record: Record) -> None:
    """Remember a record of a test until the test has ended.

    Args:
        item: The test.
        record: That it made.
    """
    item.stash.setdefault(_MADE, []).append(record)


def made_by(item: pytest.Item) -> list[Record]:
    """Return the records that a test made so far, for as long as it runs."""
    return item.stash.get(_MADE, [])


def add_properties(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Add what a test found to its properties, as soon as it was called; `--junitxml` writes them.

    Args:
        item: The test.
        call: Of one of its phases.
    """
    # The file is written by xdist's controller; its workers are not told of it.
    asked = item.config.getoption("xmlpath", None) or hasattr(item.config, "workerinput")
    if asked and call.when == "call" and (made := made_by(item)):
        from pytest_steering.report.ci.junit_properties import junit_properties

        item.user_properties += junit_properties(made)


def tell_github(session: SteeringSession, terminal: pytest.TerminalReporter) -> None:
    """Write annotations of failed tests and the step's summary, where this is a workflow of GitHub's.

    Args:
        session: Of the process that sees all reports.
        terminal: Where annotations are written, and what is known of the tests.
    """
    if hasattr(session.config, "workerinput") or not lifecycle_of(session.config).manifest.selected:
        return
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from pytest_steering.report.ci.annotations import annotation_commands

        for line in annotation_commands(list(_failures(session, terminal)), _from_repository(session)):
            terminal.write_line(harmless(line))
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        _summarise(session, terminal, Path(os.environ["GITHUB_STEP_SUMMARY"]))


def _summarise(session: SteeringSession, terminal: pytest.TerminalReporter, path: Path) -> None:
    from pytest_steering.report.ci.step_summary import append_summary
    from pytest_steering.report.effect import effects_of

    try:
        effects = list(effects_of(session.run.read().records))
        append_summary(path, effects, found_in(session.config).lines)
    except SteeringError as error:
        terminal.write_line(harmless(str(error)), yellow=True)


def _failures(session: SteeringSession, terminal: pytest.TerminalReporter) -> Iterator[Failure]:
    from pytest_steering.report.ci.annotations import Failure

    selected = lifecycle_of(session.config).manifest.selected
    for report in (*terminal.stats.get("failed", ()), *terminal.stats.get("error", ())):
        if report.nodeid in selected:
            path, line = _place(report)
            yield Failure(report.nodeid, path, line, _message(report))


def _place(report: Any) -> tuple[str, int]:
    """Return the line of the test that failed, as far as it lies in the test's own file."""
    path, line, _ = report.location
    crash = getattr(report.longrepr, "reprcrash", None)
    own = crash is not None and Path(crash.path).name == Path(path).name
    return Path(path).as_posix(), crash.lineno if own and crash else (line or 0) + 1


def _message(report: Any) -> str:
    """Return why a test failed: all lines of what explains itself, else the last line of a traceback."""
    told = [line[4:] for line in report.longreprtext.splitlines() if line.startswith("E   ")]
    crash = getattr(report.longrepr, "reprcrash", None)
    return "\n".join(told) or getattr(crash, "message", "")


def _from_repository(session: SteeringSession) -> str:
    """Return the way from the checkout that GitHub works in to pytest's root directory."""
    root, checkout = session.config.rootpath.resolve(), os.environ.get("GITHUB_WORKSPACE", "")
    if not checkout or not root.is_relative_to(Path(checkout).resolve()):
        return ""
    inside = root.relative_to(Path(checkout).resolve()).as_posix()
    return "" if inside == "." else inside
