"""`pytest-steering export`: the cells or samples of a run as CSV or Parquet."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_steering.counted import counted
from pytest_steering.file_access.storage import replace_file
from pytest_steering.printable import printable, say
from pytest_steering.report.export.csv_text import csv_text
from pytest_steering.report.export.parquet_file import parquet_bytes
from pytest_steering.report.export.run_columns import run_columns
from pytest_steering.report.export.run_rows import run_rows
from pytest_steering.run_folder.runs import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "run",
        nargs="?",
        default="latest",
        help="Run id or its beginning, a records file, a run's folder, or 'latest' (default: latest)",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--csv", type=Path, metavar="FILE", help="Write CSV")
    target.add_argument("--parquet", type=Path, metavar="FILE", help="Write Parquet (extra: parquet)")
    parser.add_argument("--samples", action="store_true", help="A row for each sample and arm, not each cell")
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    wanted = find_run(arguments.run, arguments.steering_dir)
    rows, lacking = run_rows(wanted, "samples" if arguments.samples else "cells")
    columns = run_columns(rows)
    file = arguments.csv or arguments.parquet
    replace_file(file, csv_text(columns) if arguments.csv else parquet_bytes(columns), parents=True)
    say(printable(f"{wanted.folder.name}: {sentence}", 1000) for sentence in lacking)
    say([f"{counted(len(rows), 'row')} of {counted(len(columns), 'column')}: {file}"])
    return 0
