"""Answers as they are written: in columns of a wide terminal, else one under the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from pytest_steering.printable import printable
from pytest_steering.texts.wide_characters import filled, places

NARROWEST = 36
"""Characters of a column; where so many do not fit for each answer, they stand one under the other."""

_GAP = 3
_LONGEST = 100_000


def side_by_side(answers: int, tokens: int, width: int, height: int) -> int:
    """Return how wide a column is; 0 where answers have to stand one under the other.

    Args:
        answers: How many there are.
        tokens: Of each, at most.
        width: Of the terminal in characters; 0 where there is none.
        height: In lines: what was scrolled away cannot be written again.
    """
    column = (width - _GAP * (answers - 1)) // answers
    rows = 2 * tokens * 6 // max(column, 1) + 4
    return column if column >= NARROWEST and rows < height else 0


class Columns:
    """Columns that are filled one after the other, each from the top, by moving the cursor up and down."""

    def __init__(self, out: TextIO, titles: Sequence[str], width: int) -> None:
        """Write the titles.

        Args:
            out: A terminal.
            titles: One a column.
            width: Of a column.
        """
        self._out, self._width = out, width
        self._rows = 0
        head = (printable(title, width).ljust(width) for title in titles)
        out.write((" " * _GAP).join(head).rstrip() + "\n")
        out.write((" " * _GAP).join("─" * width for _ in titles) + "\n")

    def fill(self, column: int, pieces: Iterable[str]) -> str:
        """Write an answer into a column as it comes, and return it.

        Args:
            column: From 0.
            pieces: Of the answer.
        """
        text, shown = "", [""]
        for piece in pieces:
            text += piece
            lines = filled(printable(text, _LONGEST), self._width) or [""]
            for row in range(len(lines)):
                if row >= len(shown) or lines[row] != shown[row]:
                    self._write(row, column, lines[row])
            shown = lines
        return text

    def _write(self, row: int, column: int, line: str) -> None:
        if row >= self._rows:
            self._out.write("\n" * (row + 1 - self._rows))
            self._rows = row + 1
        up, right = self._rows - row, column * (self._width + _GAP) + 1
        self._out.write(f"\x1b[{up}A\x1b[{right}G{line}{' ' * (self._width - places(line))}\x1b[{up}B\r")
        self._out.flush()


def one_below(out: TextIO, title: str, pieces: Iterable[str]) -> str:
    """Write an answer under its title as it comes, and return it.

    Args:
        out: Where to.
        title: Of the answer.
        pieces: Of the answer; line breaks stay.
    """
    out.write(f"{printable(title)}\n  ")
    text = ""
    for piece in pieces:
        text += piece
        out.write("".join(_inert(piece)))
        out.flush()
    out.write("\n\n")
    return text


def _inert(piece: str) -> Iterator[str]:
    """Yield a piece's characters but those that a terminal obeys: an escape may come in several pieces."""
    for char in piece:
        if char == "\n":
            yield "\n  "
        elif char.isspace():
            yield " "
        elif char.isprintable():
            yield char
