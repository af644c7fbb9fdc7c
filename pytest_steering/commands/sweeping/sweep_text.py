"""What a sweep says before and after."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_steering.commands.sweeping.sweep_run import SweepRun
from pytest_steering.counted import counted
from pytest_steering.printable import printable

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.experiments.grid_search import Choice


def plan_lines(
    experiment: Experiment, layers: Sequence[int], scales: Sequence[float], folder: SweepRun
) -> Sequence[str]:
    """Return what a sweep is about to do.

    Args:
        experiment: Searches and runs.
        layers: Block numbers that are tried.
        scales: That are tried at each.
        folder: Where records go.
    """
    from pytest_steering.report.report_text import wrapped

    dev, test = len(experiment.samples("dev")), len(experiment.scored)
    plan = (
        f"{experiment.model.name}: {counted(len(layers), 'layer')} × {counted(len(scales), 'scale')} on "
        f"{counted(dev, 'prompt')} of dev, then "
        f"the best beside its controls on {test} of test"
    )
    return *wrapped(plan, _width()), printable(f"records go to {folder.run.path}", 1000)


def _width() -> int:
    return shutil.get_terminal_size((120, 24)).columns


def result_lines(experiment: Experiment, choice: Choice, folder: SweepRun) -> Iterator[str]:
    """Yield what came of it: the points, the arms at the chosen one, and where to see them again.

    Args:
        experiment: Has run.
        choice: What the search found.
        folder: Of the records.
    """
    from pytest_steering.commands.sweeping.grid_table import grid_lines
    from pytest_steering.report.terminal import called, look_lines, report_lines, shortfall_lines

    width, found = _width(), folder.run.read()
    yield from ("", *grid_lines(choice, experiment.questions.source.main_metric), "")
    yield from report_lines(found.records, width)
    yield from look_lines(folder.run, width)
    yield from shortfall_lines(folder.run, found, width)
    yield ""
    yield "The table by layer and scale chose; its best number is flattered by that. The arms above are not."
    yield f"See this again: pytest-steering report {shlex.quote(called(folder.run))}"
