"""One figure of the report: the drawing, what is to be seen in it, and the numbers that it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ID = re.compile(r'aria-labelledby="(figure-[0-9a-f]+-)title ')


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

    def within(self, key: str) -> str:
        """Return the drawing with ids that begin with a key: two experiments may have equal figures.

        Args:
            key: Of the part of the page that it stands in.
        """
        own = _ID.search(self.svg)
        return self.svg.replace(own[1], f"{key}-{self.name}-") if own else self.svg


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
