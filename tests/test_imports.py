from __future__ import annotations

from pathlib import Path

import pytest

import pytest_steering
from tools.imports import ImportGraph, circle, import_graph

CHAINS = (
    (
        "plugin fixtures cli",
        "execution",
        "report",
        "gate",
        "experiments",
        "findings",
        "comparison",
        "statistics",
    ),
    ("experiments", "tasks", "extraction", "models", "steering"),
)
"""Imports run one way: the files of a room import none of a room before it."""

LEAVES = ("records", "options", "errors")


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return import_graph(Path(pytest_steering.__file__).parent)


def room(file: str) -> str:
    return file.split(".")[1] if "." in file else ""


def test_no_files_import_each_other_in_a_circle(graph: ImportGraph) -> None:
    assert circle(graph) == []


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: f"{chain[0]} to {chain[-1]}")
def test_imports_run_one_way(graph: ImportGraph, chain: tuple[str, ...]) -> None:
    place = {name: number for number, names in enumerate(chain) for name in names.split()}
    backwards = [
        f"{file} imports {other}"
        for file, imported in graph.items()
        for other in imported
        if room(file) in place and place.get(room(other), len(chain)) < place[room(file)]
    ]
    assert backwards == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_imports_no_room(graph: ImportGraph, leaf: str) -> None:
    folders = {room(name) for name in graph if name.count(".") > 1}
    assert {room(name) for name in graph[f"pytest_steering.{leaf}"]} & folders == set()
