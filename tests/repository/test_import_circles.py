"""No file of the package imports another that imports it back, not even for type checkers alone."""

from __future__ import annotations

from tools.architecture import PACKAGE
from tools.imports import circle, import_graph


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = import_graph(PACKAGE)
    assert " → ".join(circle(graph)) == ""


def test_the_graph_holds_every_file_of_the_package() -> None:
    assert len(import_graph(PACKAGE)) == len([*PACKAGE.rglob("*.py")]) > 100
