"""The closing table, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pytest_steering.report.cell_summary import Group
from pytest_steering.report.columns import NONE, Column, columns_of
from pytest_steering.report.report_text import wrapped
from pytest_steering.texts.wide_characters import tabulated

Texts = Sequence[dict[str, str]]


def table_columns(groups: Sequence[Group]) -> list[Column]:
    """Return all columns that a table of groups can have."""
    return columns_of(arm for group in groups for arm in group.afresh.arms)


def row_texts(group: Group, columns: Sequence[Column]) -> Texts:
    """Return what each column says of each arm of a group.

    Args:
        group: The arms of one experiment.
        columns: Of the whole table.
    """
    return [{column.title: column.text(arm) for column in columns} for arm in group.arms]


def table_lines(groups: Sequence[Group], columns: Sequence[Column], texts: Texts, width: int) -> list[str]:
    """Return the table of all cells: a line names each model and experiment, a line for each arm follows.

    Args:
        groups: At least one.
        columns: What the table can show.
        texts: What the columns say of the arms of all groups, in their order.
        width: Of the terminal, in characters.
    """
    telling = [column for column in columns if not _silent(column, texts)]
    shown, lines = _fitted(telling, texts, width)
    missing = ", ".join(column.title for column in telling if column not in shown)
    note = (
        wrapped(f"Not shown at {width} characters, but in the HTML report: {missing}", width)
        if missing
        else []
    )
    return [*_with_headings(lines, groups, width), *note]


def _fitted(columns: Sequence[Column], texts: Texts, width: int) -> tuple[list[Column], list[str]]:
    """Return what fits: all columns, with short titles if need be, else without those that can be spared."""
    kept = list(columns)
    lines = _tabulated([column.title for column in kept], kept, texts)
    while len(lines[0]) > width:
        lines = _tabulated([column.short for column in kept], kept, texts)
        sparest = max(kept, key=lambda column: column.spare)
        if len(lines[0]) <= width or not sparest.spare:
            break
        kept.remove(sparest)
    return kept, lines


def _tabulated(titles: Sequence[str], columns: Sequence[Column], texts: Texts) -> list[str]:
    rows = [titles, *([text[column.title] for column in columns] for text in texts)]
    align = ["left", "left", *["right"] * (len(columns) - 2)]
    # As a row the titles take the room they need; as headers tabulate would add two characters to each.
    rule, head, *body, _ = tabulated(
        rows, disable_numparse=True, colalign=align, tablefmt="simple"
    ).splitlines()
    return [rule, head, *body]


def _with_headings(lines: Sequence[str], groups: Sequence[Group], width: int) -> list[str]:
    rule, head, *body = lines
    result, rows = [head, rule], iter(body)
    for group in groups:
        parts = (group.model, group.experiment, group.conditions)
        result += wrapped(" · ".join(part for part in parts if part), width)
        result += islice(rows, len(group.records))
    return [line.rstrip() for line in result]


def _silent(column: Column, texts: Texts) -> bool:
    """Tell whether a column says nothing in this run."""
    said = {text[column.title] for text in texts}
    return said <= {"", NONE} or (column.title == "skipped" and said == {"0"})
