from __future__ import annotations

from pathlib import Path

import pytest

import pytest_steering
from tests.import_graph import Graph, circles, import_graph

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
def graph() -> Graph:
    return import_graph(Path(pytest_steering.__file__).parent)


def rooms(names: str, graph: Graph) -> set[str]:
    return {one for one in graph if one.partition(".")[0] in names.split()}


def test_no_files_import_each_other_in_a_circle(graph: Graph) -> None:
    assert circles(graph) == []


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: f"{chain[0]} to {chain[-1]}")
def test_imports_run_one_way(graph: Graph, chain: tuple[str, ...]) -> None:
    backwards = [
        f"{file} imports {other}"
        for number, room in enumerate(chain)
        for file in rooms(room, graph)
        for other in graph[file] & rooms(" ".join(chain[:number]), graph)
    ]
    assert backwards == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_imports_no_room(graph: Graph, leaf: str) -> None:
    folders = {name.partition(".")[0] for name in graph if "." in name}
    assert {name for name in graph[leaf] if name.partition(".")[0] in folders} == set()


def written(package: Path, **files: str) -> Path:
    for name, text in files.items():
        path = package / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


def test_a_circle_is_found_through_functions_packages_and_type_checking(tmp_path: Path) -> None:
    package = written(
        tmp_path / "house",
        a="from house import b",
        b="def later():\n    import house.room.c",
        room__c="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.a import A",
        d="from house.a import A\nfrom house.room import c\nimport json, houseboat.b",
    )
    (package / "room" / "__init__.py").write_text("", encoding="utf-8")
    found = import_graph(package)
    assert found["a"] == {"b"}
    assert found["d"] == {"a", "room.c"}
    assert circles(found) == [["a", "b", "room.c"]]


def test_two_circles_are_told_apart(tmp_path: Path) -> None:
    package = written(
        tmp_path / "house",
        a="import house.b",
        b="import house.a, house.c",
        c="import house.d",
        d="import house.c",
    )
    assert circles(import_graph(package)) == [["a", "b"], ["c", "d"]]
