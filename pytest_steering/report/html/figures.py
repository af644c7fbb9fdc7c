"""Which figures a report shows of an experiment, and of an experiment in two runs."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.html.charts.figure import Figure, Missing

__all__ = ["Figure", "Missing", "compared_figures", "experiment_figures", "missing_figures"]


def experiment_figures(run: Sequence[Record], experiment: Group) -> list[Figure]:
    """Return what can be drawn of an experiment, in the order of a page: first what a reader decides by.

    Args:
        run: Records of the run, the newest of each cell; those of other experiments are passed over.
        experiment: Its scored arms.
    """
    del run, experiment
    return []


def missing_figures(run: Sequence[Record], experiment: Group) -> list[Missing]:
    """Return what cannot be drawn of an experiment, and what would make it appear.

    Args:
        run: Records of the run, the newest of each cell; those of other experiments are passed over.
        experiment: Its scored arms.
    """
    del run, experiment
    return []


def compared_figures(before: Sequence[Group], now: Sequence[Group]) -> list[Figure]:
    """Return what can be drawn of two runs beside each other; cells of one of them alone are passed over.

    Args:
        before: The scored experiments of the run that is compared with.
        now: Those of the run that is looked at.
    """
    del before, now
    return []
