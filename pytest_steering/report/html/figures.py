"""Which figures a report shows of an experiment, and of an experiment in two runs."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.identity import SCORE
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.html.charts import (
    arm_costs,
    arm_effects,
    dose_curves,
    group_forest,
    guard_plane,
    item_shifts,
    sample_spread,
    search_map,
    sensitivity_plane,
)
from pytest_steering.report.html.charts.figure import Figure, Missing
from pytest_steering.report.html.charts.palette import STYLE
from pytest_steering.report.html.charts.run_changes import run_changes
from pytest_steering.report.html.charts.view import View

__all__ = ["STYLE", "Figure", "Missing", "compared_figures", "experiment_figures", "missing_figures"]

CHARTS = (
    arm_effects.CHART,
    search_map.CHART,
    dose_curves.CHART,
    item_shifts.CHART,
    sample_spread.CHART,
    sensitivity_plane.CHART,
    group_forest.CHART,
    guard_plane.CHART,
    arm_costs.CHART,
)
"""In the order of a page: first what a reader decides by."""


def experiment_figures(run: Sequence[Record], experiment: Group) -> list[Figure]:
    """Return what can be drawn of an experiment, in the order of a page: first what a reader decides by.

    Args:
        run: Records of the run, the newest of each cell; those of other experiments are passed over.
        experiment: Its scored arms; without records for one that only searched or measured.
    """
    view = _view(run, experiment)
    return [figure for chart in CHARTS if not chart.lacking(view) for figure in chart.draw(view)]


def missing_figures(run: Sequence[Record], experiment: Group) -> list[Missing]:
    """Return what cannot be drawn of an experiment, and what would make it appear.

    Args:
        run: Records of the run, the newest of each cell; those of other experiments are passed over.
        experiment: Its scored arms.
    """
    view = _view(run, experiment)
    return [Missing(chart.name, chart.title, why) for chart in CHARTS if (why := chart.lacking(view))]


def compared_figures(before: Sequence[Group], now: Sequence[Group]) -> list[Figure]:
    """Return what can be drawn of two runs beside each other; cells of one of them alone are passed over.

    Args:
        before: The scored experiments of the run that is compared with.
        now: Those of the run that is looked at.
    """
    return run_changes(before, now)


def _view(run: Sequence[Record], experiment: Group) -> View:
    """Return an experiment with what was measured beside its scored arms."""
    own = (experiment.model, experiment.experiment_id)
    beside = (
        one for one in run if one.spec.get("purpose") != SCORE and (one.model, one.experiment_id) == own
    )
    return View(experiment, tuple(beside))
