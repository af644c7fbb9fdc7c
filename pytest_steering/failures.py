"""How a failure that explains itself is shown: its sentence and the line of the test, without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprFileLocation, ReprTraceback

from pytest_steering.errors import ExpectationFailed, SteeringError
from pytest_steering.printable import printable


def shorten(report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Replace the traceback of a failure that was raised on purpose by its sentence."""
    if call.excinfo is None or not report.failed or item.config.getoption("fulltrace"):
        return
    if isinstance(call.excinfo.value, (SteeringError, ExpectationFailed)):
        report.longrepr = _sentence(call.excinfo, item)


def _sentence(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> ExceptionChainRepr:
    sentence = str(excinfo.value)
    path, line = _place(excinfo, item)
    lines = [f"E   {printable(text, 2000)}" for text in sentence.splitlines()]
    place = ReprFileLocation(path, line, type(excinfo.value).__name__)
    crash = ReprFileLocation(path, line, printable(sentence, 2000))
    entry = ReprEntry(lines, None, None, place, "long")
    return ExceptionChainRepr([(ReprTraceback([entry], None, "long"), crash, None)])


def _place(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> tuple[str, int]:
    """Return path and line of the test's own code that led to the failure, else of the test's beginning."""
    own = [entry for entry in excinfo.traceback if Path(entry.path) == item.path]
    if own:
        return _relative(item), own[-1].lineno + 1
    return _relative(item), (item.reportinfo()[1] or 0) + 1


def _relative(item: pytest.Item) -> str:
    return item.location[0]
