"""docs/architecture.md is what the code says now, and its picture leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

from tools.architecture import PACKAGE, needed, page
from tools.imports import merged, reached
from tools.rooms import places, top_graph

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
MEND = "run: python -m tools.architecture --write docs/architecture.md"


def test_the_page_fits_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == page(PACKAGE), MEND


def test_the_picture_implies_every_import_and_no_other() -> None:
    top = top_graph(PACKAGE)
    arrows = re.findall(r"^    (\w+) --> (\w+)$", page(PACKAGE), flags=re.MULTILINE)
    graph = merged(top, places(top, PACKAGE).__getitem__)
    drawn = {name: frozenset(to for start, to in arrows if start == name) for name in graph}
    assert reached(drawn) == reached(graph)


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    graph = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}
    assert needed(graph) == {"a": {"b"}, "b": {"c"}, "c": frozenset()}


def test_every_folder_and_file_that_the_page_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)]+)\)", page(PACKAGE))
    assert [link for link in links if not (DOCUMENT.parent / link).exists()] == []
