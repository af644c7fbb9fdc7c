"""The rooms of a package: its folders, what each decides in its own words, and which rooms it imports."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.imports import ImportGraph, circle, import_graph, merged, reached

DOORS = "doors"
"""The files at the top that reach a room: Python, pytest and the command line come in by them."""

GROUND = "ground"
"""The files at the top that reach no room: every room may stand on them."""


@dataclass(frozen=True)
class Room:
    """A folder of a package."""

    path: Path
    """Relative to the package."""

    decides: str
    """The first line of its docstring."""

    files: tuple[str, ...]
    """The names of the files that lie in the folder itself."""


def rooms(package: Path) -> list[Room]:
    """Return the folders of a package, each before those that lie in it."""
    return [
        Room(
            init.parent.relative_to(package),
            decides(init),
            tuple(sorted(path.stem for path in init.parent.glob("*.py") if path != init)),
        )
        for init in sorted(package.glob("*/**/__init__.py"))
    ]


def decides(path: Path) -> str:
    """Return the first line of a file's docstring.

    Raises:
        ValueError: The file has no docstring.
    """
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{path} has no docstring; its first line has to say what the file decides")
    return docstring.splitlines()[0]


def top_graph(package: Path) -> ImportGraph:
    """Return which folders and files at the top of a package import which.

    Raises:
        ValueError: Some import each other in a circle.
    """
    # The package itself is its file `__init__`.
    top = merged(import_graph(package), lambda module: [*module.split("."), "__init__"][1])
    if found := circle(top):
        raise ValueError(f"{package.name} imports itself in a circle: {' → '.join(found)}")
    return top


def places(top: ImportGraph, package: Path) -> Mapping[str, str]:
    """Return where each name at the top stands: a folder under its own name, a file in doors or ground."""
    folders = {name for name in top if (package / name).is_dir()}
    reach = reached(top)
    return {name: name if name in folders else DOORS if reach[name] & folders else GROUND for name in top}
