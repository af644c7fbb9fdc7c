"""Lines of a report as they may be printed: nothing from elsewhere moves the cursor, and nothing is cut."""

from __future__ import annotations

from pytest_steering.printable import printable
from pytest_steering.texts.wide_characters import filled

_LONGEST = 2000


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Return text as lines of a terminal's width, those after the first indented further.

    Args:
        text: On one line; names in it may come from models, files and tests.
        width: In characters; below 20 counts as 20.
        indent: Before the first line.
    """
    return filled(
        printable(text, _LONGEST),
        max(width, 20),
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
    )
