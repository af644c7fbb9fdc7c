"""`pytest-steering accept`: a run's cells become the baselines of the next."""

from __future__ import annotations

import argparse

from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.commands import add_baselines, add_common, add_run, asked_run
from pytest_steering.gate.judge import judge
from pytest_steering.gate.picked import note_accepted, picked_from
from pytest_steering.printable import printable, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_run(parser)
    add_common(parser)
    add_baselines(parser)
    parser.add_argument("--new", action="store_true", help="Only cells that have no baseline yet")
    parser.add_argument("--prune", action="store_true", help="Remove baselines that no test makes any more")
    parser.add_argument("--reason", default="", help="Why lower numbers are accepted; kept in the file")


def run(arguments: argparse.Namespace) -> int:
    """Write the baselines: 0 done, 2 where a cell was refused."""
    asked = asked_run(arguments.run, arguments.steering_dir)
    folder = arguments.steering_baselines
    wanted = Wanted(
        not arguments.new,
        new=True,
        prune=arguments.prune,
        reason=arguments.reason,
        picked=picked_from(asked.run),
    )
    judgement = judge(
        asked.cells, folder, required=False, manifest=asked.manifest, alpha=arguments.steering_alpha
    )
    done = accept(asked.cells, folder, wanted, judgement.orphaned, judgement.worse)
    note_accepted(asked.run, done, arguments.reason)
    beware = [printable(f"beware: {one}", 1000) for one in asked.unmet] if done.written else []
    told = [*done.told, *beware, *done.next_step, *(f"refused: {one}" for one in done.refused)]
    say(told or ["nothing to accept: every cell is as its baseline has it"])
    return 2 if done.refused else 0
