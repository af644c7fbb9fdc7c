"""`pytest-steering compare`: one run's records against another's."""

from __future__ import annotations

import argparse

from pytest_steering.errors import DataError
from pytest_steering.gate.baseline import baseline_key, entry_of
from pytest_steering.gate.commands import add_common, add_run, cells_of, show
from pytest_steering.gate.judge import judge_against


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_run(parser, "before", None)
    add_run(parser, "now", None)
    add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict: 0 pass, 1 regression, 2 cannot be measured or cannot tell."""
    before = cells_of(arguments.before, arguments.steering_dir)
    for one in before:
        if one.collision:
            raise DataError(
                f"{arguments.before}: {one.record.experiment} on {one.record.model}: {one.collision}"
            )
    cells = cells_of(arguments.now, arguments.steering_dir)
    known = {baseline_key(one.record): entry_of(one.record, one.unsteered) for one in before}
    return show(judge_against(cells, known, required=True, alpha=arguments.steering_alpha))
