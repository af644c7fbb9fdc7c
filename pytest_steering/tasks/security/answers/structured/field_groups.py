"""Fields of a structured answer, grouped by the object, row or tag that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Field(NamedTuple):
    """A named value.

    Attributes:
        name: Its name as written, in lower case; empty for an item of a list.
        value: Its text, in lower case; `[]` for an empty list.
        start: Place of the value's first character in the text.
        end: Place behind its last character.
    """

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Group:
    """The fields that stand together.

    Attributes:
        path: Names of what they stand in, the outermost first.
        fields: The fields, in order.
    """

    path: tuple[str, ...] = ()
    fields: list[Field] = field(default_factory=list)
