"""Text from elsewhere, made safe to print: an answer must not move the cursor or reorder a line."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import TextIO

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands, such as a window title
    r"|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]"  # colours, cursor movements
)


def printable(text: str, limit: int = 200) -> str:
    """Return text on one line without terminal escapes, control characters and direction marks.

    Args:
        text: From a model, a file or a data set.
        limit: Longest result in characters; a longer one ends in `…`.
    """
    # The result needs few characters; the margin pays for those that are dropped.
    clean = _ESCAPES.sub("", text[: limit * 20])
    spaced = (" " if char.isspace() else char for char in clean)
    line = " ".join("".join(char for char in spaced if char.isprintable()).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def excerpt(text: str, limit: int) -> str:
    """Return the beginning and the end of a text, `printable`; what lies between gives way to `…`.

    Args:
        text: From a model, a file or a data set.
        limit: Longest result in characters, at least 5.
    """
    whole = printable(text, limit + 1)
    if len(whole) <= limit:
        return whole
    begin = limit // 2 - 1
    return f"{printable(text, begin + 1)[:begin].rstrip()} … {_end(text, limit - begin - 3)}"


def _end(text: str, length: int) -> str:
    # As in `printable`, the margin pays for what is dropped.
    return printable(text[-length * 20 :], length * 20)[-length:].lstrip()


def harmless(line: str) -> str:
    """Return a line of output as it is, without what a terminal would obey instead of showing it.

    Names in it should be `printable`, which also keeps them short; here nothing gets through that was
    forgotten there.

    Args:
        line: Made of text from elsewhere, too.
    """
    if line.isprintable():
        return line
    kept = (" " if char.isspace() else char for char in _ESCAPES.sub("", line))
    return "".join(char for char in kept if char.isprintable())


def say(lines: Iterable[str], to: TextIO | None = None) -> None:
    """Print lines, the only way in which a command does.

    Args:
        lines: Each of one line.
        to: Standard output by default.
    """
    for line in lines:
        print(harmless(line), file=to or sys.stdout)
