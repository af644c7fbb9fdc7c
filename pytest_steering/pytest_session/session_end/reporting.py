"""The HTML report that `--steering-report` asks for: one, by the process that hears of the whole run."""

from __future__ import annotations

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.printable import harmless
from pytest_steering.pytest_session.session import SteeringSession


def finish(session: SteeringSession, run: pytest.Session) -> None:
    """Write the report from the run's records; where that cannot be done, the run fails and says why.

    Args:
        session: Of the process; a worker of xdist leaves it to its controller.
        run: pytest's session.
    """
    path = session.settings.report
    if path is None or session.is_worker or session.config.option.collectonly:
        return
    try:
        session.register_offers()  # xdist's controller makes prompts again of tasks that conftests offer
        _write(session)
    except SteeringError as error:
        session.errors.append(f"--steering-report: {error}")
        run.exitstatus = run.exitstatus or pytest.ExitCode.TESTS_FAILED


def summarise(session: SteeringSession, terminal: pytest.TerminalReporter) -> None:
    """Say where the report is.

    Args:
        session: Of the process.
        terminal: Takes the line.
    """
    path = session.settings.report
    if path is not None and path.is_file() and not session.config.option.collectonly:
        terminal.line(harmless(f"Report: {path}"))


def _write(session: SteeringSession) -> None:
    from pytest_steering.report.html.report_file import write_report
    from pytest_steering.report.html.run_page import run_page
    from pytest_steering.report.html.run_view import run_view

    assert session.settings.report is not None
    view = run_view(session.run, session.settings.data)
    write_report(session.settings.report, run_page(view))
