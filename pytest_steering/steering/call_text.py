"""Calls as users write them in text, such as `cap(low=-1, high=2)`: a name, and numbers by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_steering.errors import VectorError
from pytest_steering.steering.numbers import finite_number

_CALL = re.compile(r"\s*([^\W\d]\w*)\s*(?:\((.*)\))?\s*")


class CallText(NamedTuple):
    """What stands in a text.

    Attributes:
        name: What is called.
        numbers: What it is given, by name.
    """

    name: str
    numbers: Mapping[str, float]

    def __str__(self) -> str:
        if not self.numbers:
            return self.name
        return f"{self.name}({', '.join(f'{name}={shown(value)}' for name, value in self.numbers.items())})"


def parse_call(text: object, kind: str) -> CallText:
    """Return what a text calls.

    Args:
        text: Such as `ablate` or `cap(low=-1, high=2)`.
        kind: What the message calls it, such as `operation`.

    Raises:
        VectorError: It is no such text, a name stands in it twice, or what it gives is no finite number.
    """
    match = _CALL.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise VectorError(f"{kind} {text!r} is not a name, such as ablate, or a call, such as cap(high=2)")
    numbers: dict[str, float] = {}
    for name, value in _given(match[2], f"{kind} {text!r}"):
        if name in numbers:
            raise VectorError(f"{kind} {text!r} gives {name} twice")
        numbers[name] = value
    return CallText(match[1], numbers)


def shown(number: float) -> str:
    """Return the shortest text of a number that is read as the same number again."""
    return repr(number).removesuffix(".0")


def _given(listed: str | None, where: str) -> Iterator[tuple[str, float]]:
    for part in (listed or "").split(",") if (listed or "").strip() else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name.isidentifier():
            raise VectorError(
                f"{where} has {part.strip()!r} where a name and a number, such as high=2, belong"
            )
        yield name, finite_number(_number(value), f"{where}: {name}")


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
