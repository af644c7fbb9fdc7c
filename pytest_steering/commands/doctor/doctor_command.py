"""`pytest-steering doctor`: is this machine ready, and if not, which command mends it?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pytest_steering.commands.doctor.check import Check, gaps
from pytest_steering.commands.doctor.folders import folder_checks, unwritable, written_folders
from pytest_steering.commands.doctor.imports import import_answers, import_checks
from pytest_steering.commands.doctor.machine import machine_checks
from pytest_steering.commands.doctor.packages import package_checks
from pytest_steering.commands.doctor.pytest_setup import setup_checks
from pytest_steering.counted import counted
from pytest_steering.printable import say

EXAMPLE = "pytest-steering doctor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="Print what was found as JSON")
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what was found: 0 where nothing is missing, else 1."""
    checks = list(_checks(arguments.steering_dir))
    missing = gaps(checks)
    if arguments.json:
        say([json.dumps({"ready": not missing, "checks": [asdict(one) for one in checks]})])
    else:
        say(line for check in checks for line in check.lines())
        say(["", _verdict(len(missing))])
    return 1 if missing else 0


def _checks(runs: Path) -> Iterator[Check]:
    answers, folders = import_answers(), written_folders()
    yield from package_checks()
    yield from import_checks(answers)
    yield from machine_checks(answers["cuda"], {k: v for k, v in folders.items() if not unwritable(v)})
    yield from folder_checks(folders)
    yield from setup_checks(runs)


def _verdict(missing: int) -> str:
    if not missing:
        return "ready; try: pytest-steering init"
    return f"{counted(missing, 'thing')} to mend; run the command under each GAP"
