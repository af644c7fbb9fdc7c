"""`pytest-steering init`: an example experiment in a folder, which runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_steering.commands.first_project.example import EXAMPLES
from pytest_steering.models.loading.smollm2 import SMOLLM2
from pytest_steering.models.loading.specs import EMBEDDED, resolve_optional
from pytest_steering.printable import printable, say

EXAMPLE = "pytest-steering init --task text --model smollm2 my-experiment"

DEFAULT = EMBEDDED[1]
"""It comes with the package and takes seconds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", default=Path(), help="Where to (default: here)"
    )
    parser.add_argument(
        "--task",
        choices=tuple(EXAMPLES),
        default="text",
        help="choice: options compared by likelihood; text: what is written gets a score; verdict: yes or no "
        "(default: text)",
    )
    parser.add_argument(
        "--model",
        default=DEFAULT,
        help=f"Runs the test: {DEFAULT} is tiny, comes with the package and knows code alone; {SMOLLM2} is a "
        f"real one and writes English; or any other (default: {DEFAULT})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files, and print what they are and the command to run next."""
    from pytest_steering.commands.first_project.project_files import SETTINGS, project_files, write_project
    from pytest_steering.commands.first_project.surroundings import has_settings, workflow_notes

    spec = resolve_optional(arguments.model)
    name = arguments.model if spec.embedded or not Path(arguments.model).exists() else spec.place
    files = project_files(arguments.task, name)
    if has_settings(arguments.folder):
        del files[SETTINGS]
    write_project(arguments.folder, files)
    say(f"written  {printable(str(arguments.folder / name), 500)}" for name in files)
    if spec.absent:
        say(["", printable(spec.absent, 500)])
    say(printable(note, 500) for note in workflow_notes(arguments.folder))
    here = arguments.folder == Path()
    say(["", f"next: {'' if here else f'cd {printable(str(arguments.folder), 500)} && '}pytest"])
    return 0
