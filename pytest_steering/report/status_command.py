"""`pytest-steering status`: does a run go on, what does each worker do, and what is missing."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_steering.printable import say
from pytest_steering.report.life_signs import goes_on, life_signs
from pytest_steering.run_folder.completing_command import to_complete
from pytest_steering.run_folder.runs import find_run

EXAMPLE = "pytest-steering status latest"

SILENT = 1
"""Exit status where a run has not ended and nobody is known to go on with it."""


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


def run(arguments: argparse.Namespace) -> int:
    """Print how a run is."""
    asked = find_run(arguments.run, arguments.steering_dir)
    manifest = asked.manifest
    count = len(manifest.selected)
    tests = "1 test that makes records" if count == 1 else f"{count} tests that make records"
    if manifest.status != "started":
        say([f"{asked.folder.name}: {_ENDED[manifest.status]}, {tests}"])
        return 0
    alive = goes_on(asked)
    state = "goes on" if alive else "has not ended, and no worker is known to be at work"
    say([f"{asked.folder.name} {state}: {tests}", *(f"  {line}" for line in life_signs(asked))])
    if not alive:
        say(to_complete(asked, manifest))
    return 0 if alive else SILENT


_ENDED = {
    "finished": "ended well",
    "failed": "ended, and tests failed or lost their records",
    "stopped": "stopped before every test had run",
    "unknown": "nothing says whether it ended",
}
