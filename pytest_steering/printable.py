"""Text from elsewhere, made safe to print: an answer must not move the cursor or reorder a line."""

from __future__ import annotations

import re

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
