"""Ticked boxes, in Markdown, HTML and Unicode."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.evaluation.answers.values import value_at

_BOX = re.compile(
    r"(?<![\w)\]])(?:(?P<on>\[ ?[x✓✔√*v☑] ?\]|\( ?[x*✓✔•] ?\)|[☑☒✅✔✓🗹🔘]|<input\b[^<>]{0,200}\bchecked\b[^<>]{0,200}>"
    r"|<\w{1,10}\b[^<>]{0,200}\b(?:check-square|check-circle|fa-check|icon-check|glyphicon-ok|checked|checkmark|ticked)\b[^<>]{0,200}>)"
    r"|(?P<off>\[ {0,3}\]|\( {0,3}\)|[☐❌✘✗⬜🔲○◯]|<input\b[^<>]{0,200}>"
    r"|<\w{1,10}\b[^<>]{0,200}\b(?:fa-square|fa-circle|square-o|circle-o|unchecked|fa-times|glyphicon-remove)\b[^<>]{0,200}>))"
)
_FILL = re.compile(r"(?:<[^<>]{0,100}>|[\s*_:\-])*")


class Box(NamedTuple):
    """A box before an option: is it ticked, and what does the option say (+1 yes, -1 no, 0 something else)?"""

    ticked: bool
    value: str
    start: int
    end: int


def boxes_of(text: str) -> list[Box]:
    """Return the boxes of a normalized text, if any stands before an answer such as yes, no or vulnerable."""
    boxes = []
    for found in _BOX.finditer(text):
        place = _FILL.match(text, found.end())
        value = value_at(text, place.end() if place else found.end())
        end = value.end if value else found.end()
        boxes.append(Box(found["on"] is not None, value.word if value else "", found.start(), end))
    return boxes if any(box.value for box in boxes) else []
