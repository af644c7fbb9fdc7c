"""Which file of the package imports which, type-checking imports included, from its syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def import_graph(package: Path) -> Graph:
    """Return the files of a package as dotted names below it, each with those it imports.

    `from package.a import b` is an import of `package.a.b` where that is a file, and of `package.a` else.
    """
    files = {_dotted(path, package): path for path in package.rglob("*.py")}
    return {name: frozenset(_imported(path, package.name, files) - {name}) for name, path in files.items()}


def circles(graph: Graph) -> list[list[str]]:
    """Return the files that reach each other, a sorted list a circle."""
    reached = {name: _reachable(graph, name) for name in graph}
    together = {
        tuple(sorted({name, *(other for other in found if name in reached[other])}))
        for name, found in reached.items()
        if name in found
    }
    return sorted(map(list, together))


def _reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += graph[name]
    return found


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, package: str, files: Mapping[str, Path]) -> set[str]:
    found = set()
    for name in _names(ast.parse(path.read_text(encoding="utf-8"))):
        root, _, below = name.partition(".")
        while root == package and below not in files:
            below = below.rpartition(".")[0]
        if root == package:
            found.add(below)
    return found


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield every imported name in full; the package imports itself by its full name alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"a relative import: line {node.lineno}"
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
