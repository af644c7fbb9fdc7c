"""Ticked boxes, in Markdown, HTML and Unicode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_steering.tasks.security.answers.cues import cues_of
from pytest_steering.tasks.security.answers.patterns import one_of
from pytest_steering.tasks.security.answers.sentences import sentences_of
from pytest_steering.tasks.security.answers.statements import FIRM
from pytest_steering.tasks.security.answers.values import Value, value_at

_ON_CLASS = one_of(
    "check-square, check-circle, fa-check, icon-check, glyphicon-ok, checked, checkmark, ticked"
)
_OFF_CLASS = one_of(
    "fa-square, fa-circle, square-o, circle-o, unchecked, fa-times, glyphicon-remove, icon-unchecked"
)
_TAG_WITH = r"<\w{{1,10}}\b[^<>]{{0,200}}\b{name}\b[^<>]{{0,200}}>"
_ON = (
    r"\\(?:boxtimes|checkmark|blacksquare)\b|[●◉⦿☑☒✅✔✓🗹🔘]|\[ ?[x✓✔√*v☑] ?\]|\( ?[x*✓✔•] ?\)|"
    rf"{_TAG_WITH.format(name=_ON_CLASS)}"
)
_OFF = (
    r"\\square\b|\[ {0,3}\]|\( {0,3}\)|[☐❌✘✗⬜🔲○◯]|<input\b[^<>]{0,200}>|"
    rf"{_TAG_WITH.format(name=_OFF_CLASS)}"
)
_CHECK_MARKS = "✅✔✓❌✘✗"
_MOST_WORDS = 8
_MOST_BOXES = 40
_LONGEST = 200
_FIRST = re.compile(r"[\\\[(<●◉⦿☑☒✅✔✓🗹🔘☐❌✘✗⬜🔲○◯]")
_BOX = re.compile(rf"(?P<on>{_ON})|(?P<off>{_OFF})")
_FILL = re.compile(r"(?:<[^<>]{0,100}>|[\s*_:$\-]){0,40}")
_VALUE_BEFORE = re.compile(r"(?:^|[\s>|*_-])([a-z]{1,20}(?: [a-z]{1,20})?)[\s:*_$-]{0,9}$")


class Box(NamedTuple):
    """A box before an option.

    Attributes:
        ticked: Whether it is.
        value: What the option says, as in `values.Value.word`; empty when it is no answer word.
        keys: The weaknesses that the option names.
        sign: +1 where the option says that they are there, -1 where it says that they are not, else 0.
        start: Place of the box.
        end: Place behind the option.
    """

    ticked: bool
    value: str
    start: int
    end: int
    keys: frozenset[str] = frozenset()
    sign: int = 0


def boxes_of(text: str) -> list[Box]:
    """Return the boxes of a normalized text, if any stands before an answer such as yes, no or vulnerable."""
    found = list(_boxes(text))
    behind = bool(found) and _value_before(text, found[0].start()) is not None
    if len(found) == 1 and not behind and found[0][0] in _CHECK_MARKS:
        return []
    boxes = [_behind_option(text, box) if behind else _before_option(text, box) for box in found]
    if len(boxes) <= _MOST_BOXES and not any(box.value for box in boxes):
        boxes = [_with_statement(text, box) for box in boxes]
    return boxes if any(box.value or box.sign for box in boxes) else []


def _boxes(text: str) -> Iterator[re.Match[str]]:
    end = 0
    for first in _FIRST.finditer(text):
        place = first.start()
        box = _BOX.match(text, place) if place >= end and _stands_free(text, place) else None
        if box is not None:
            end = box.end()
            yield box


def _stands_free(text: str, place: int) -> bool:
    """Tell whether a box is none of the brackets of a call, as in `main()` or `buf[ ]`."""
    before = text[place - 1 : place]
    return not (before.isalnum() or before in ("_", ")", "]"))


def _before_option(text: str, found: re.Match[str]) -> Box:
    place = _FILL.match(text, found.end())
    value = value_at(text, place.end() if place else found.end())
    end = value.end if value else found.end()
    return Box(found["on"] is not None, value.word if value else "", found.start(), end)


def _with_statement(text: str, box: Box) -> Box:
    """Return a box with what its line states; the mere name of a weakness states it behind a box to tick."""
    line_end = text.find("\n", box.end)
    line = text[box.end : min(len(text) if line_end < 0 else line_end, box.end + _LONGEST)]
    stated = [one for sentence in sentences_of(line) for one in sentence.statements if one.keys]
    firm = [one for one in stated if one.strength >= FIRM]
    if firm:
        return box._replace(keys=firm[0].keys, sign=firm[0].sign)
    bare = text[box.start : box.end].strip() not in _CHECK_MARKS
    tokens, words = cues_of(line, 0, len(line))
    named = frozenset(token.key for token in tokens if token.key)
    return box._replace(keys=named, sign=1) if bare and named and len(words) <= _MOST_WORDS else box


def _behind_option(text: str, found: re.Match[str]) -> Box:
    value = _value_before(text, found.start())
    start = value.start if value else found.start()
    return Box(found["on"] is not None, value.word if value else "", start, found.end())


def _value_before(text: str, place: int) -> Value | None:
    """Return the answer word that ends right before a box, on the box's line."""
    line = max(text.rfind("\n", 0, place) + 1, place - 80)
    words = _VALUE_BEFORE.search(text[line:place])
    value = value_at(text, line + words.start(1)) if words else None
    return value if words and value and value.end == line + words.end(1) else None
