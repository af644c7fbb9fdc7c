"""One change at random to a text of JSON, of the kinds that people, tools and attackers make."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

_RAW = "raw:"
"""Begins a text that is put into the JSON as it is, for what no value of Python would be written as."""

_DEEP = 3000

REPLACEMENTS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 7, 0.5, -2.5, 1e308, 1e15, 2**63),
    *([], {}, [None], {"": None}, [[]], {"a": {"b": []}}),
    *("", "x", "NaN", "Infinity", "no", "yes", "..", "../../x", "/etc/passwd", "con", "a" * 5000),
    *("\x1b[2J\x1b]0;t\x07", "\u202e\u2066", "\0\r\n", "\udc80", list(range(3000))),
    *(f"{_RAW}{one}" for one in ("NaN", "-Infinity", "1e999", "9" * 400, "[" * _DEEP + "]" * _DEEP)),
    f"{_RAW}" + '{"a":' * _DEEP + "1" + "}" * _DEEP,
)  # fmt: skip


class Mutation(NamedTuple):
    """A text with one change.

    Attributes:
        text: With the change.
        said: What was changed, for people.
    """

    text: str
    said: str


def mutated(text: str, drawn: random.Random) -> Mutation:
    """Return a text of JSON with one field changed.

    Args:
        text: One value of JSON, with a field at least.
        drawn: Where chance comes from.
    """
    while True:
        value = json.loads(text)
        path = drawn.choice(_paths(value))
        name = drawn.choice(list(_CHANGES))
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        said = _CHANGES[name](holder, path[-1], drawn)
        changed = _written(value)
        if changed != _written(json.loads(text)):
            return Mutation(changed, f"{'.'.join(map(str, path))}: {name}{said}")


def damaged(content: bytes, drawn: random.Random) -> tuple[bytes, str]:
    """Return the bytes of a file that was cut off, or has other bytes in one place.

    Args:
        content: Of the file.
        drawn: Where chance comes from.
    """
    while True:
        place = drawn.randrange(len(content))
        other = bytes(drawn.randrange(256) for _ in range(drawn.choice((1, 1, 16))))
        changed = drawn.choice((content[:place], content[:place] + other + content[place + len(other) :]))
        # Between the words of JSON one blank is as good as another.
        if changed.split() != content.split():
            return changed, f"{len(content)} bytes, changed at {place}"


def _paths(value: Any, here: Path = ()) -> list[Path]:
    """Return where each field stands."""
    steps = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path for step in steps for path in ((*here, step), *_paths(value[step], (*here, step)))]


def _replace(holder: Any, step: Any, drawn: random.Random) -> str:
    holder[step] = drawn.choice(REPLACEMENTS)
    return f" by {str(holder[step])[:40]!r}"


def _delete(holder: Any, step: Any, _drawn: random.Random) -> str:
    del holder[step]
    return ""


def _rename(holder: Any, step: Any, drawn: random.Random) -> str:
    if isinstance(holder, dict):
        holder[step + drawn.choice(("s", "\x1b", " "))] = holder.pop(step)
    return ""


def _repeat(holder: Any, step: Any, drawn: random.Random) -> str:
    """Say a field twice; the second time otherwise."""
    if isinstance(holder, dict):
        holder[f"{_RAW}{json.dumps(step)}"] = drawn.choice((None, 0, "x"))
    else:
        holder.insert(step, holder[step])
    return ""


def _swap(holder: Any, step: Any, drawn: random.Random) -> str:
    other = drawn.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[step], holder[other] = holder[other], holder[step]
    return f" with {other}"


def _nudge(holder: Any, step: Any, drawn: random.Random) -> str:
    value = holder[step]
    if isinstance(value, bool):
        holder[step] = not value
    elif isinstance(value, (int, float)):
        holder[step] = drawn.choice((-value, value + 1, value * 2, value / 2, float(value), int(value)))
    elif isinstance(value, str):
        holder[step] = drawn.choice((value[:-1], value[::-1], value + "x", value.upper(), f" {value}"))
    return ""


_CHANGES: dict[str, Callable[[Any, Any, random.Random], str]] = {
    "replaced": _replace,
    "deleted": _delete,
    "renamed": _rename,
    "said twice": _repeat,
    "swapped": _swap,
    "nudged": _nudge,
}


def _written(value: Any) -> str:
    """Return JSON in which the texts that begin with `_RAW` stand as they are."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(name)}: {_written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    return text.removeprefix(_RAW) if text.startswith(_RAW) else json.dumps(text)
