"""`pytest-steering compare`: one run's records against another's."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_steering.devices import available_cores
from pytest_steering.errors import DataError
from pytest_steering.gate.absence import absences
from pytest_steering.gate.baseline_files import Place
from pytest_steering.gate.commands import Asked, add_all, add_common, add_run, asked_run, show
from pytest_steering.gate.judge import judge_against
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.run_entries import RunEntries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_run(parser, "before", None)
    add_run(parser, "now", None)
    add_common(parser)
    add_all(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict: 0 pass, 1 regression, 2 cannot be measured or cannot tell."""
    before = asked_run(arguments.before, arguments.steering_dir)
    now = asked_run(arguments.now, arguments.steering_dir)
    judgement = judge_runs(before, now, arguments.steering_alpha, available_cores())
    return show(judgement, now.run, arguments.all)


def judge_runs(before: Asked, now: Asked, alpha: float, processes: int = 1) -> Judgement:
    """Return the verdict of one run held against another.

    Args:
        before: The run that is compared with.
        now: The one that is judged.
        alpha: Chance of a false regression.
        processes: How many may look at many cells.

    Raises:
        DataError: Nobody can tell which of several records of the earlier run is a cell.
    """
    for one in before.cells:
        if one.collision:
            name = before.run.folder.name
            raise DataError(f"{name}: {one.record.experiment} on {one.record.model}: {one.collision}")
    known = RunEntries(before.cells)
    own = {one.key for one in now.cells}
    others = [Place(before.run.folder, known[key]) for key in known if key not in own]
    absent = absences(others, now.cells, now.manifest, Path())
    return judge_against(
        now.cells,
        known,
        required=True,
        manifest=now.manifest,
        absent=absent,
        alpha=alpha,
        processes=processes,
    )
