"""Which lines of the closing report stand out on a terminal: what means nothing red, what limits yellow."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from pytest_steering.printable import harmless

_RED = re.compile(r"  invalid \(|gate: (regression|cannot be measured)|regressed: |refused: ")
_YELLOW = re.compile(r"  limits \(|gate: cannot tell|cannot tell: |Not shown at|does not survive")
_INVALID_ROW = re.compile(r"\S+ +\S+.* invalid( |$)")

Coloured = tuple[str, dict[str, bool]]


def coloured(lines: Iterable[str]) -> Iterator[Coloured]:
    """Yield each line with the markup that pytest's terminal writer takes; it decides whether there is any.

    A line that goes on with one before it, further to the right, has that one's.

    Args:
        lines: Of the report, in order.
    """
    markup: dict[str, bool] = {}
    for line in lines:
        if not (markup and line.startswith("      ")):
            markup = _markup(line)
        yield line, markup


def say_coloured(lines: Iterable[str]) -> None:
    """Print lines of a report, coloured on terminals as at pytest's end, and as NO_COLOR and FORCE_COLOR say.

    Args:
        lines: In order.
    """
    from _pytest._io import TerminalWriter  # pytest's own, so that a report looks alike wherever it is read

    terminal = TerminalWriter(sys.stdout)
    for line, markup in coloured(lines):
        terminal.line(harmless(line), **markup)


def _markup(line: str) -> dict[str, bool]:
    if _RED.match(line) or _INVALID_ROW.match(line):
        return {"red": True}
    return {"yellow": True} if _YELLOW.match(line) else {}
