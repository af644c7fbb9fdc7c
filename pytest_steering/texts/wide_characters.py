"""Tables and columns of text in which some characters take two places of a terminal, as Chinese ones do."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any

_SECOND_HALF = "\ue000"
"""Stands for the second place of a wide character where places are counted; no `printable` text has it."""


def tabulated(rows: Sequence[Sequence[Any]], headers: Sequence[str] = (), **layout: Any) -> str:
    """Return a table of `tabulate` whose columns are straight whatever characters are in it.

    Args:
        rows: Of cells.
        headers: At the head of the columns.
        layout: As `tabulate` takes it.
    """
    from tabulate import tabulate

    body = [[_widened(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return _written(tabulate(body, headers=[_widened(title) for title in headers], **layout))


def filled(text: str, width: int, **layout: Any) -> list[str]:
    """Return text as lines that take no more places than a width.

    Args:
        text: On one line.
        width: In places of a terminal.
        layout: As `textwrap.wrap` takes it.
    """
    wide = _widened(text)
    # A long word may be broken between the halves of a character, whose second one then has no place left.
    room = width - (len(wide) > len(text))
    return [_written(line) for line in textwrap.wrap(wide, room, **layout)]


def places(text: str) -> int:
    """Return how many places of a terminal a text takes."""
    return len(_widened(text))


def _widened(text: str) -> str:
    if text.isascii():
        return text
    return "".join(f"{char}{_SECOND_HALF}" if _is_wide(char) else char for char in text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def _written(text: str) -> str:
    return text.replace(_SECOND_HALF, "")
