"""The arguments of `pytest-steering vector show` and `vector convert`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_steering.vector_command.vector_convert import convert
from pytest_steering.vector_command.vector_show import show

_HINTS = {
    "layer": "Number of the layer, for a file of one direction that names none",
    "row": "Row of a table of directions",
    "feature": "Feature of a sparse autoencoder",
    "axis": "Axis along which a square decoder's features lie",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two commands and their arguments."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = commands.add_parser("show", help="Show what a vector's file says")
    shown.add_argument("--model", help="Model that it is for: name, path or hub id; says the relative dose")
    shown.add_argument("--json", action="store_true", help="One JSON object, for scripts")
    shown.set_defaults(act=lambda given: show(given.file, _hints(given), given.model, as_json=given.json))
    converted = commands.add_parser("convert", help="Write a vector as another tool reads it")
    converted.add_argument("--format", help="Format of the new file (default: what its name ends in)")
    converted.set_defaults(act=lambda given: convert(given.file, given.out, _hints(given), given.format))
    for one in (shown, converted):
        one.add_argument("file", type=Path, help="A vector of this project or of another tool")
        for name, said in _HINTS.items():
            one.add_argument(f"--{name}", type=int, help=said)
        one.add_argument(
            "--numbering", help="How the file counts layers: block_output, block_input, hidden_states"
        )
    converted.add_argument("out", type=Path, help="The new file")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    status: int = arguments.act(arguments)
    return status


def _hints(given: argparse.Namespace) -> dict[str, int | str | None]:
    return {name: getattr(given, name) for name in (*_HINTS, "numbering")}
