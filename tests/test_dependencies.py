"""What `pip install` brings is what the package imports: nothing is missing, nothing is there for nobody."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Extras of the package itself; the others are for its tests and its developers.
OF_USERS = (
    "benchmark",
    "gguf",
    "hub",
    "lm-eval",
    "methods",
    "optuna",
    "parquet",
    "ray",
    "scores",
    "vllm",
    "xdist",
)

# What transformers reads GGUF files with.
BY_TRANSFORMERS = {"accelerate", "gguf"}

# Its fixture `benchmark` measures a timed phase (fixtures.py asks pytest for it by name).
BY_FIXTURE = {"pytest-benchmark"}


def declared(requirements: list[str]) -> set[str]:
    return {plain(re.split(r"[<>=;\[ ]", one, maxsplit=1)[0]) for one in requirements}


def _own_extras(requirements: list[str]) -> list[str]:
    """The package's own extras that one of them brings, as `pytest-steering[hub,xdist]` does."""
    return [
        name
        for one in requirements
        for name in re.findall(r"[\w-]+", one.partition("[")[2].partition("]")[0])
    ]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> set[str]:
    """The distributions that the files of a folder import, wherever in a file they do."""
    homes = packages_distributions()
    modules = {name for path in folder.rglob("*.py") for name in _modules(ast.parse(path.read_text("utf-8")))}
    foreign = modules - sys.stdlib_module_names - {folder.name}
    return {plain(homes.get(name, [name])[0]) for name in foreign}


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_what_the_package_imports_is_declared_and_what_is_declared_is_imported() -> None:
    extras = declared([one for name in OF_USERS for one in PROJECT["optional-dependencies"][name]])
    found = imported(ROOT / "pytest_steering")

    assert found - extras == declared(PROJECT["dependencies"]) - extras
    assert extras - BY_TRANSFORMERS - BY_FIXTURE <= found


def test_what_the_tests_import_comes_with_their_extra() -> None:
    own = {"pytest-steering", *(path.name for path in ROOT.iterdir())}
    extras = PROJECT["optional-dependencies"]
    shared = [one for name in _own_extras(extras["test"]) for one in extras[name]]
    brought = declared([*PROJECT["dependencies"], *extras["test"], *shared])

    assert imported(ROOT / "tests") - own <= brought
