"""`pytest-steering report`: the closing table of an earlier run, from its records."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pytest_steering.printable import say
from pytest_steering.report.deciding import MOST
from pytest_steering.report.terminal import look_lines, report_lines, shortfall_lines
from pytest_steering.runs import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "run",
        nargs="?",
        default="latest",
        help="Run id or its beginning, a records file, a run's folder, or 'latest' (default: latest)",
    )
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"Show every experiment of a run that has more than {MOST}, and not those alone that decide",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    asked = find_run(arguments.run, arguments.steering_dir)
    found, width = asked.read(), shutil.get_terminal_size((120, 24)).columns
    say(report_lines(found.records, width, None if arguments.all else MOST))
    say(look_lines(asked, width))
    say(shortfall_lines(asked, found, width))
    return 0
