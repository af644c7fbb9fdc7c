"""Tags such as `<answer>no</answer>` and their attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_steering.tasks.security.answers.structured.field_groups import Field, Group

_TAG = re.compile(r"<([a-z][\w-]{0,40})>([^<>]{1,400})</\1>")
_WITH_ATTRIBUTES = re.compile(
    r"<[a-z][\w-]{0,40}((?:\s{1,9}[a-z][\w-]{0,40}=\"[^\"<>]{0,200}\"){1,12})\s{0,9}/?>"
)
_ATTRIBUTE = re.compile(r"([a-z][\w-]{0,40})=\"([^\"]{0,200})\"")


def tags_in(text: str) -> Iterator[Group]:
    """Return the tags of a normalized text that hold text alone as one group, then each tag's attributes."""
    if "</" not in text and "/>" not in text:
        return
    group = Group((), [Field(found[1], found[2].strip(), *found.span(2)) for found in _TAG.finditer(text)])
    if group.fields:
        yield group
    for found in _WITH_ATTRIBUTES.finditer(text):
        named = _ATTRIBUTE.finditer(text, *found.span(1))
        yield Group((), [Field(one[1], one[2], *one.span(2)) for one in named])
