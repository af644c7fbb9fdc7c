"""Which file of a package imports which, read from the code itself.

An import counts wherever it stands: at the top, in a function, or for type checkers alone. A module that is
named in a string counts as well: the command line names its commands so, to import one when it is asked for.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ImportGraph = Mapping[str, frozenset[str]]
"""By name, the names that it imports; itself left out."""


def import_graph(package: Path) -> ImportGraph:
    """Return what each module of a package imports of it.

    Raises:
        ValueError: A file imports relatively.
    """
    files = {_module_name(package, path): path for path in sorted(package.rglob("*.py"))}
    return {name: frozenset(_imported(path, files)) - {name} for name, path in files.items()}


def merged(graph: ImportGraph, name_of: Callable[[str], str]) -> ImportGraph:
    """Return the graph of what the names stand for, such as the folders that modules lie in."""
    found: dict[str, set[str]] = {name_of(name): set() for name in graph}
    for name, targets in graph.items():
        found[name_of(name)].update(map(name_of, targets))
    return {name: frozenset(targets - {name}) for name, targets in found.items()}


def circle(graph: ImportGraph) -> list[str]:
    """Return names that import each other in a circle, the first one at both ends; none if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib names what is imported before what imports it.
        return list(reversed(error.args[1]))
    return []


def reached(graph: ImportGraph) -> ImportGraph:
    """Return what each name of a graph without circles imports, itself or through others."""
    found: dict[str, frozenset[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        found[name] = graph[name].union(*(found[target] for target in graph[name]))
    return found


def _module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}:{node.lineno} imports relatively; name the module in full")
            yield from _imported_from(node, files)
        elif isinstance(node, ast.Constant):
            yield from _named(node.value, files)


def _imported_from(node: ast.ImportFrom, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield a module for each name: the name itself if it is one, else the one that it is taken from."""
    for alias in node.names:
        full = f"{node.module}.{alias.name}"
        if full in files:
            yield full
        elif node.module in files:
            yield str(node.module)


def _named(value: object, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield the module that a string names; the package's bare name may be a logger's."""
    if isinstance(value, str) and "." in value and value in files:
        yield value
