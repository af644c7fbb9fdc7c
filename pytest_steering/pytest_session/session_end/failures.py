"""How a failure that explains itself is shown: its sentence and the line of the test, without a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprFileLocation, ReprTraceback

from pytest_steering.errors import ExpectationFailed, SteeringError
from pytest_steering.printable import harmless, printable

_LONGEST = 2000


def shorten(report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Replace the traceback of a failure that was raised on purpose by its sentence."""
    if call.excinfo is None or not report.failed or item.config.getoption("fulltrace"):
        return
    if isinstance(call.excinfo.value, (SteeringError, ExpectationFailed)):
        report.longrepr = _sentence(call.excinfo, item)


def explained(sentences: Sequence[str], path: str, line: int, kind: str) -> ExceptionChainRepr:
    """Return what a report shows of a failure that is explained by sentences.

    Args:
        sentences: What is wrong; the summary has the first.
        path: Of the test's file.
        line: In it, from 1.
        kind: What failed, such as the name of an exception.
    """
    # What stands further right belongs to what stands before it: columns are kept.
    lines = [f"E   {harmless(text[:_LONGEST])}" for text in sentences]
    place = ReprFileLocation(path, line, kind)
    crash = ReprFileLocation(path, line, printable(sentences[0], _LONGEST))
    entry = ReprEntry(lines, None, None, place, "long")
    return ExceptionChainRepr([(ReprTraceback([entry], None, "long"), crash, None)])


def _sentence(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> ExceptionChainRepr:
    path, line = _place(excinfo, item)
    return explained(str(excinfo.value).splitlines() or [""], path, line, type(excinfo.value).__name__)


def _place(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> tuple[str, int]:
    """Return path and line of the test's own code that led to the failure, else of the test's beginning."""
    own = [entry for entry in excinfo.traceback if Path(entry.path) == item.path]
    if own:
        return _relative(item), own[-1].lineno + 1
    return _relative(item), (item.reportinfo()[1] or 0) + 1


def _relative(item: pytest.Item) -> str:
    return item.location[0]
