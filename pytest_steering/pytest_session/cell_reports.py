"""`-v`: below a test that has ended, what became of each of its cells, those of xdist's workers too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.printable import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_steering.records import Record

_CELLS, _RELEASED = "steering_cells", "steering_released"


def add_cells(report: pytest.TestReport, item: pytest.Item, made: Sequence[Record]) -> None:
    """Put a line for each cell of a test on the report of its call; workers of xdist send it on.

    Args:
        report: Of any phase.
        item: The test.
        made: The records that the test made.
    """
    if report.when == "call" and made and item.config.option.verbose > 0:
        from pytest_steering.report.cell_line import cell_lines

        setattr(report, _CELLS, cell_lines(made))


class CellReports:
    """The plugin that shows these lines, in the process that reports to a person."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show the cells of a test once, below its line; a report that was held back was shown before."""
        reporter: Any = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None or self._config.option.verbose < 1 or hasattr(report, _RELEASED):
            return
        for line in getattr(report, _CELLS, ()):
            reporter.ensure_newline()
            reporter.write_line(harmless(line))


def register(config: pytest.Config) -> None:
    """Show cells from here on, unless this process is a worker of xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(CellReports(config), "steering_cell_reports")
