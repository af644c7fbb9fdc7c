"""The closing table, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.evaluation.printable import printable
from pytest_steering.report.cells import Group
from pytest_steering.report.columns import COLUMNS, Cell, Column


def table_lines(groups: Sequence[Group], width: int) -> list[str]:
    """Return the table of all cells: a line names each model and experiment, a line for each arm follows.

    Args:
        groups: At least one.
        width: Of the terminal, in characters.
    """
    cells = [[Cell(record, group) for record in group.cells] for group in groups]
    texts = [{column.title: column.text(cell) for column in COLUMNS} for arms in cells for cell in arms]
    columns = [column for column in COLUMNS if column.title not in _useless(texts)]
    lines = _tabulated(columns, texts)
    while max(map(len, lines)) > width and any(column.spare for column in columns):
        columns.remove(max(columns, key=lambda column: column.spare))
        lines = _tabulated(columns, texts)
    return [*_with_headings(lines, groups, width), *_left_out(columns, texts, width)]


def _tabulated(columns: Sequence[Column], texts: Sequence[dict[str, str]]) -> list[str]:
    from tabulate import tabulate

    rows = [[text[column.title] for column in columns] for text in texts]
    align = ["left", "left", *["right"] * (len(columns) - 2)]
    headers = [column.title for column in columns]
    table = tabulate(rows, headers=headers, disable_numparse=True, colalign=align, tablefmt="simple")
    return table.splitlines()


def _with_headings(lines: Sequence[str], groups: Sequence[Group], width: int) -> list[str]:
    head, rule, *rows = lines
    result = [head, rule]
    for group in groups:
        result.append(_heading(group, width))
        result += rows[: len(group.cells)]
        rows = rows[len(group.cells) :]
    return result


def _heading(group: Group, width: int) -> str:
    return printable(" · ".join(filter(None, (group.model, group.experiment, group.conditions))), width)


def _useless(texts: Sequence[dict[str, str]]) -> set[str]:
    """Name the columns that say nothing in this run."""
    silent = {"", "–"}
    return {
        title
        for title in texts[0]
        if {text[title] for text in texts} <= silent or (title == "skipped" and _all(texts, title, "0"))
    }


def _all(texts: Sequence[dict[str, str]], title: str, value: str) -> bool:
    return all(text[title] == value for text in texts)


def _left_out(columns: Sequence[Column], texts: Sequence[dict[str, str]], width: int) -> list[str]:
    shown = {column.title for column in columns}
    missing = [column.title for column in COLUMNS if column.title not in shown | _useless(texts)]
    return [f"Not shown at {width} characters: {', '.join(missing)}."] if missing else []
