"""`pytest-steering gate`: a run's records against the accepted baselines."""

from __future__ import annotations

import argparse

from pytest_steering.devices import available_cores
from pytest_steering.gate.commands import add_all, add_baselines, add_common, add_run, asked_run, show
from pytest_steering.gate.judge import judge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_run(parser)
    add_common(parser)
    add_all(parser)
    add_baselines(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict: 0 pass, 1 regression, 2 cannot be measured or cannot tell."""
    asked = asked_run(arguments.run, arguments.steering_dir)
    return show(
        judge(
            asked.cells,
            arguments.steering_baselines,
            required=True,
            manifest=asked.manifest,
            alpha=arguments.steering_alpha,
            processes=available_cores(),
        ),
        asked.run,
        arguments.all,
    )
