"""One figure of the report: the drawing, what is to be seen in it, and the numbers that it shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: Of its kind, such as `arms`; a page may use it as a class or an anchor.
        title: Its heading, as plain text.
        svg: One `<svg>` element, to be put into HTML as it is: it runs nothing and loads nothing.
        summary: What is to be seen, in one sentence of plain text.
        note: How to read it, as plain text.
        columns: Heads of the table of its numbers, as plain text.
        rows: The numbers that are drawn, as plain text; each row has a text for each column.
    """

    name: str
    title: str
    svg: str
    summary: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Missing:
    """A figure that a run has no numbers for.

    Attributes:
        name: Of the figure.
        title: Its heading.
        why: What would make it appear, in one sentence.
    """

    name: str
    title: str
    why: str
