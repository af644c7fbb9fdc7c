from __future__ import annotations

from pytest_steering.report.cell_line import cell_lines
from tests.report.records_at_hand import cell


def test_a_cell_is_its_arm_its_number_and_how_far_that_moved() -> None:
    first, second = cell_lines([cell("unsteered", "yyyyyyyy"), cell("steered", "nynynyny")])

    assert first == "  unsteered: accuracy 0.5, n = 8"
    assert second.startswith("  steered 2@1: accuracy 1, +0.5 [")
    assert second.endswith("], n = 8")


def test_a_cell_that_means_nothing_says_so_and_tells_no_change() -> None:
    wrong = {"id": "answer-constant", "sentence": "all yes", "severity": "invalid"}
    (_, line) = cell_lines([cell("unsteered", "yyyy"), cell("steered", "nyny", findings=(wrong,))])

    assert line == "  steered 2@1: accuracy 1, n = 4; invalid"


def test_searches_and_hostile_names_are_no_lines_of_their_own() -> None:
    assert cell_lines([cell(purpose="search")]) == []
    assert all(line.isprintable() for line in cell_lines([cell("a\n\x1b[2J")]))
