"""Tables in Markdown: each row is a group of fields, named by the head of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_steering.tasks.security.answers.structured.field_groups import Field, Group

_RULE = re.compile(r"^[ |]{0,9}:?-{2,99}:?(?:\s{0,9}\|\s{0,9}:?-{2,99}:?){0,20}[ |]{0,9}$", re.MULTILINE)
_CELL = re.compile(r"[^|\n]{1,400}")
_MOST_ROWS = 100


def rows_in(text: str) -> Iterator[Group]:
    """Return the rows of every table in a normalized text."""
    for rule in _RULE.finditer(text) if "|" in text else ():
        if "|" not in rule[0] and "|" not in text[rule.end() : rule.end() + 400]:
            continue
        names = [name for name, _, _ in _cells(text, text.rfind("\n", 0, max(0, rule.start() - 1)) + 1)]
        place = rule.end() + 1
        for _ in range(_MOST_ROWS):
            cells = list(_cells(text, place))
            if len(cells) < 2:
                break
            yield Group((), [Field(name, *cell) for name, cell in zip(names, cells, strict=False)])
            place = _line_end(text, place) + 1


def _cells(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    for found in _CELL.finditer(text, start, _line_end(text, start)):
        if found[0].strip():
            yield found[0].strip(), found.start(), found.end()


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end
