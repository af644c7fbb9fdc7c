"""The command `pytest-steering`: what needs records or data, and no test run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from pytest_steering.errors import SteeringError
from pytest_steering.printable import printable, say

# A module has `add_arguments(parser)` and `run(arguments) -> exit status`; it is imported when asked for.
COMMANDS = {
    "accept": ("pytest_steering.gate.command_accept", "Make a run's cells the baselines of the next"),
    "compare": ("pytest_steering.gate.command_compare", "Tell whether one run is worse than another"),
    "data": ("pytest_steering.tasks.security.datasets.data_command", "Show and check data sets"),
    "export": ("pytest_steering.report.export.export_command", "Write a run as CSV or Parquet"),
    "gate": ("pytest_steering.gate.command_gate", "Tell whether a run is worse than the accepted baselines"),
    "replay": ("pytest_steering.replay", "Read recorded answers again and score them"),
    "report": ("pytest_steering.report.report_command", "Show the table of an earlier run"),
    "vector": ("pytest_steering.vector_command", "Show or convert a steering vector of any tool"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; what a person has to mend is one sentence and status 4."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except SteeringError as error:
        say([f"pytest-steering: {printable(str(error), 2000)}"], sys.stderr)
        return 4
    except RecursionError:
        say(["pytest-steering: something in these files is nested too deeply to be read"], sys.stderr)
        return 4
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain once more as it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="pytest-steering", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Only the command that was asked for is imported: it is the first word.
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary)
        if words[:1] == [name]:
            import_module(module).add_arguments(sub)
    chosen = parser.parse_args(words)
    status: int = import_module(COMMANDS[chosen.command][0]).run(chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
