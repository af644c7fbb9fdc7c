"""What the graph of imports sees, and that it finds circles."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.tools.packages import package
from tools.imports import circle, import_graph, merged, reached

BELOW = {"hall.__init__": "", "hall.table": "", "cellar": ""}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import house.cellar", "house.cellar"),
        ("from house import cellar", "house.cellar"),
        ("from house.hall import table", "house.hall.table"),
        ("from house.hall.table import legs", "house.hall.table"),
        ("from house.hall import something_else", "house.hall"),
        ("def later():\n    from house import cellar", "house.cellar"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house import cellar", "house.cellar"),
        ("NAMED = 'house.cellar'", "house.cellar"),
    ],
)
def test_an_import_counts_wherever_it_stands(tmp_path: Path, line: str, found: str) -> None:
    graph = import_graph(package(tmp_path, attic=line, **BELOW))
    assert graph["house.attic"] == {found}


@pytest.mark.parametrize(
    "line", ["import json", "LOGGER = 'house'", "SENTENCE = 'see house.cellar'", "X = 3"]
)
def test_what_is_no_import_of_the_package_does_not_count(tmp_path: Path, line: str) -> None:
    assert import_graph(package(tmp_path, attic=line, **BELOW))["house.attic"] == frozenset()


def test_a_relative_import_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"attic.py:2 imports relatively; name the module in full"):
        import_graph(package(tmp_path, attic="\nfrom . import cellar", cellar=""))


def test_a_circle_is_told_in_the_order_of_its_imports(tmp_path: Path) -> None:
    graph = import_graph(
        package(tmp_path, a="import house.b", b="import house.c", c="from house import a", d="import house.a")
    )
    found = circle(graph)
    assert found[0] == found[-1]
    assert set(found) == {"house.a", "house.b", "house.c"}
    assert all(after in graph[before] for before, after in pairwise(found))


def test_a_circle_through_type_checking_alone_is_a_circle(tmp_path: Path) -> None:
    only_for_types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.a"
    assert circle(import_graph(package(tmp_path, a="import house.b", b=only_for_types)))


def test_no_circle_is_found_where_there_is_none() -> None:
    assert circle({"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}) == []


def test_what_is_reached_includes_what_others_import() -> None:
    found = reached({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()})
    assert found == {"a": {"b", "c"}, "b": {"c"}, "c": frozenset()}


def test_merged_names_do_not_import_themselves() -> None:
    graph = {
        "hall.table": frozenset({"hall.chair", "cellar.wine"}),
        "hall.chair": frozenset(),
        "cellar.wine": frozenset(),
    }
    assert merged(graph, lambda name: name.split(".")[0]) == {"hall": {"cellar"}, "cellar": frozenset()}
