"""The command `pytest-steering`: what needs records or data, and no test run."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import NamedTuple

from pytest_steering.command_parser import CommandParser
from pytest_steering.errors import SteeringError
from pytest_steering.printable import printable, say


class Command(NamedTuple):
    """A command, before it is imported.

    Attributes:
        module: Has `add_arguments(parser)` and `run(arguments) -> exit status`, and may have an `EXAMPLE`.
        summary: What it does, in a line.
        mistake: Exit status where what it was given has to be mended.
        of_records: Whether it goes through records, of which there may be millions of small parts.
    """

    module: str
    summary: str
    mistake: int = 4
    of_records: bool = False


def _of_records(module: str, summary: str) -> Command:
    """Return a command that goes through the records of runs."""
    return Command(f"pytest_steering.{module}", summary, of_records=True)


def _first(module: str, summary: str) -> Command:
    """Return a command of the first run; its other statuses are no verdicts on records, so 2 is free."""
    return Command(f"pytest_steering.commands.{module}", summary, mistake=2)


COMMANDS = {
    "accept": _of_records("gate.command_accept", "Make a run's cells the baselines of the next"),
    "compare": _of_records("gate.command_compare", "Tell whether one run is worse than another"),
    "data": Command("pytest_steering.tasks.security.datasets.data_command", "Show and check data sets"),
    "doctor": _first("doctor.doctor_command", "Check this machine, and say the command for each gap"),
    "export": _of_records("report.export.export_command", "Write a run as CSV or Parquet"),
    "gate": _of_records("gate.command_gate", "Tell whether a run is worse than the accepted baselines"),
    "init": _first("first_project.init_command", "Write an example experiment to begin with, which runs"),
    "inspect": _first("inspection.inspect_command", "Show what a model is, what fits, and how it is asked"),
    "merge": _of_records(
        "execution.merging.merge_command", "Join the runs of a suite's parts, such as shards"
    ),
    "pairs": _first("pair_inspection.pairs_command", "Look at contrast pairs before anything is steered"),
    "replay": _of_records("replay", "Read recorded answers again and score them"),
    "report": _of_records("report.report_command", "Show the table of an earlier run"),
    "status": Command(
        "pytest_steering.report.status_command", "Tell what the workers of a run do", mistake=2
    ),
    "sweep": _first("sweeping.sweep_command", "Measure layer × scale for files of pairs and of prompts"),
    "try": _first("trying.try_command", "Answer a prompt without and with a vector, side by side"),
    "vector": Command("pytest_steering.vector_command", "Show or convert a steering vector of any tool"),
}

INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; what a person has to mend is one sentence."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except SteeringError as error:
        return _mistake(words, printable(str(error), 2000))
    except RecursionError:
        return _mistake(words, "something in these files is nested too deeply to be read")
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain once more as it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _mistake(words, printable(f"{error.filename or 'a file'}: {error.strerror or error}", 2000))
    except KeyboardInterrupt:
        say(["pytest-steering: interrupted"], sys.stderr)
        return INTERRUPTED


def parser_of(names: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Args:
        names: Commands whose arguments it knows; only those are imported.
    """
    parser = CommandParser(prog="pytest-steering", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=command.summary,
            description=f"{command.summary}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in names:
            module = import_module(command.module)
            module.add_arguments(sub)
            sub.epilog = f"example:\n  {module.EXAMPLE}" if hasattr(module, "EXAMPLE") else None
    return parser


def _run(words: Sequence[str]) -> int:
    # Only the command that was asked for is imported: it is the first word.
    chosen = parser_of(words[:1]).parse_args(words)
    command = COMMANDS[chosen.command]
    with _without_collector() if command.of_records else nullcontext():
        status: int = import_module(command.module).run(chosen)
    return status


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let nothing look for cycles among records, which are in none: that takes a sixth of such a command."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _mistake(words: Sequence[str], sentence: str) -> int:
    say([f"pytest-steering: {sentence}"], sys.stderr)
    command = COMMANDS.get(words[0]) if words else None
    return command.mistake if command else Command("", "").mistake


if __name__ == "__main__":
    sys.exit(main())
