"""`pytest-steering report`: the closing table of an earlier run, or its page; of two runs a page of both."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pytest_steering.devices import available_cores
from pytest_steering.errors import DataError
from pytest_steering.printable import say
from pytest_steering.report.deciding import MOST
from pytest_steering.report.life_signs import life_signs
from pytest_steering.report.line_colour import say_coloured
from pytest_steering.report.terminal import look_lines, report_lines, shortfall_lines
from pytest_steering.run_folder.runs import Run, find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "run",
        nargs="*",
        default=["latest"],
        help="Run id or its beginning, a records file, a run's folder, or 'latest' (default: latest); with "
        "--html also two runs, the earlier first, which are compared sample by sample",
    )
    parser.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="Write one HTML file instead of the table; it replaces an earlier report and no other file",
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
    """Print the table, or write the page."""
    if len(arguments.run) > (1 if arguments.html is None else 2):
        raise DataError(
            f"{len(arguments.run)} runs were named; the table is of one, a page (--html FILE) of one or two"
        )
    runs = [find_run(name, arguments.steering_dir) for name in arguments.run]
    if arguments.html is None:
        _print(runs[0], None if arguments.all else MOST)
    else:
        write_page(runs, arguments.html)
        say([f"Report: {arguments.html}"])
    return 0


def _print(asked: Run, most: int | None) -> None:
    cores, width = available_cores(), shutil.get_terminal_size((120, 24)).columns
    found = asked.read(processes=cores)
    say_coloured(report_lines(found.records, width, most))
    looks = look_lines(asked, width, cores)
    say_coloured((*looks, *shortfall_lines(asked, found, width), *life_signs(asked)))


def write_page(runs: list[Run], path: Path) -> None:
    """Write the page of a run, or of two beside each other.

    Args:
        runs: One or two, the earlier first.
        path: Of the file.
    """
    from pytest_steering.report.html.compared_page import compared_page
    from pytest_steering.report.html.report_file import require_place, write_report
    from pytest_steering.report.html.run_page import run_page
    from pytest_steering.report.html.run_view import run_view

    require_place(path)
    views = [run_view(one, {}) for one in runs]
    write_report(path, run_page(views[0]) if len(views) == 1 else compared_page(*views))
