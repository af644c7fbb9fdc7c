"""The repository's own files, as tests read them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # comes with pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


def project() -> dict[str, Any]:
    """Return the table `project` of pyproject.toml."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def nox_list(name: str) -> list[str]:
    """Return what noxfile.py lists under a name."""
    (values,) = (
        node.value
        for node in _noxfile().body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return list(eval(compile(ast.Expression(values), "noxfile.py", "eval")))


def nox_pythons() -> list[str]:
    """Return the versions that noxfile.py lists."""
    return nox_list("PYTHONS")


def nox_sessions() -> set[str]:
    """Return the names that `nox -s` knows; nox itself is not needed to run the tests."""
    return {name for node in _noxfile().body if isinstance(node, ast.FunctionDef) for name in _names(node)}


def _names(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in map(ast.unparse, function.decorator_list):
        if decorator.startswith("nox.session"):
            yield function.name
        if "python=PYTHONS" in decorator:
            yield from (f"{function.name}-{version}" for version in nox_pythons())


def _noxfile() -> ast.Module:
    return ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
