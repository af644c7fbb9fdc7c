"""Draws the package from its own code: `python -m tools.architecture --write docs/architecture.md`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.imports import ImportGraph, merged, reached
from tools.rooms import DOORS, GROUND, decides, places, rooms, top_graph

PLAIN = str.maketrans({'"': "'", "`": None})
"""What would end a label of the picture, or be taken for a mark in it."""

PACKAGE = Path(__file__).parents[1] / "pytest_steering"

HEAD = """\
# Architecture

Made by `python -m tools.architecture --write docs/architecture.md`; do not edit.

Data go one way: options → model → vector → intervention → answers → outcomes → comparison → metrics and
findings → records → decision → report. Imports go one way too. Each room decides one thing, and where a
change goes can be guessed from the names alone: [CONTRIBUTING](../CONTRIBUTING.md) has the table.

## The rooms

An arrow means *imports*. Every import of the code is counted, those in functions and for type checkers too;
arrows that follow from others are left out here and stand in the table below. *doors* are the files at the
top of the package by which Python, pytest and the command line come in; *ground* are those that need no
room, such as records and errors.
"""

ROOMS = """\
## What each room decides

In the words of its own docstring. A room comes before those that it imports.
"""

FILES = """\
## The files at the top
"""

OF_FILES = {
    DOORS: "How Python, pytest and the command line come in.",
    GROUND: "What every room may stand on.",
}


def page(package: Path) -> str:
    """Return the whole document."""
    top = top_graph(package)
    where = places(top, package)
    graph = merged(top, where.__getitem__)
    parts = [
        HEAD,
        _picture(graph, package),
        ROOMS,
        _table_of_rooms(graph, package),
        FILES,
        _table_of_files(where, package),
    ]
    return "\n".join(parts)


def needed(graph: ImportGraph) -> ImportGraph:
    """Return the graph without what follows: an import that another one brings along."""
    reach = reached(graph)
    return {
        name: frozenset(one for one in targets if not any(one in reach[other] for other in targets))
        for name, targets in graph.items()
    }


def _picture(graph: ImportGraph, package: Path) -> str:
    lines = ["```mermaid", "flowchart TD"]
    for name in _in_order(graph):
        words = OF_FILES.get(name) or decides(package / name / "__init__.py")
        lines.append(f'    {name}["<b>{name}</b><br>{words.translate(PLAIN)}"]')
    lines += [f"    {name} --> {one}" for name in _in_order(graph) for one in sorted(needed(graph)[name])]
    return "\n".join([*lines, "```", ""])


def _table_of_rooms(graph: ImportGraph, package: Path) -> str:
    order = _in_order(graph)
    lines = ["| room | what it decides | imports | files |", "|---|---|---|---|"]
    for room in sorted(rooms(package), key=lambda room: (order.index(room.path.parts[0]), room.path)):
        name = room.path.as_posix()
        below = ", ".join(one for one in order if one in graph.get(name, ()))
        files = " ".join(f"`{one}`" for one in room.files)
        lines.append(f"| [{name}](../{package.name}/{name}) | {room.decides} | {below} | {files} |")
    return "\n".join([*lines, ""])


def _table_of_files(where: Mapping[str, str], package: Path) -> str:
    lines = ["| file | what it decides | |", "|---|---|---|"]
    for name, place in sorted(where.items(), key=lambda item: (item[1], item[0])):
        if place in OF_FILES:
            path = f"{package.name}/{name}.py"
            lines.append(f"| [{name}](../{path}) | {decides(package / f'{name}.py')} | {place} |")
    return "\n".join([*lines, ""])


def _in_order(graph: ImportGraph) -> list[str]:
    """Return the names, each before those that it imports."""
    reach = reached(graph)
    return sorted(graph, key=lambda name: (-len(reach[name]), name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the document, or write it to a file."""
    parser = argparse.ArgumentParser(prog="tools.architecture", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="Write the document to FILE")
    chosen = parser.parse_args(arguments)
    text = page(PACKAGE)
    if chosen.write is None:
        sys.stdout.write(text)
    else:
        chosen.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
