"""JSON objects and Python literals in an answer, read as YAML, which holds both."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pytest_steering.tasks.security.answers.structured.field_groups import Field, Group

_LONGEST = 8_000
_MOST = 200
_OPENS = re.compile(r"\{\s{0,99}[\"'\w}]|\[\s{0,99}(?:\{|\"[^\"\n]{1,99}\"\s{0,9}[,\]])")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.){0,4000}\"|'(?:[^'\\\n]|\\.){0,400}'(?=\s{0,9}[,:}\]])")
_CLOSES = {"{": "}", "[": "]"}


def objects_in(text: str) -> Iterator[Group]:
    """Return the groups of fields of every object in a normalized text, outer ones first."""
    end = 0
    for found in _OPENS.finditer(text):
        start = found.start()
        if start < end or start - end > _LONGEST * _MOST:
            continue
        source = _balanced(text, start)
        end = start + len(source)
        node = _composed(source)
        if node is not None:
            yield from _groups(node, start)


def _balanced(text: str, start: int) -> str:
    """Return the object that begins at a place, closed where the answer was cut short."""
    open_: list[str] = []
    place, limit = start, min(len(text), start + _LONGEST)
    while place < limit:
        char = text[place]
        quoted = _QUOTED.match(text, place, limit) if char in "\"'" else None
        if char in _CLOSES:
            open_.append(_CLOSES[char])
        elif char == open_[-1]:
            open_.pop()
        elif char == '"' and quoted is None:
            return text[start:limit].replace("\\", " ") + '"' + "".join(reversed(open_))
        place = quoted.end() if quoted else place + 1
        if not open_:
            return text[start:place]
    return text[start:limit].rstrip(" ,\n`") + "".join(reversed(open_))


def _composed(source: str) -> Node | None:
    try:
        return yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def _groups(node: Node, shift: int) -> Iterator[Group]:
    """Return an object's fields and those of the objects in it, at most 200 groups of them."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ())]
    for _ in range(_MOST):
        if not waiting:
            return
        node, path = waiting.pop(0)
        group = Group(path)
        for name, child in _children(node):
            if _is_leaf(child):
                group.fields.append(_leaf(name, child, shift))
            else:
                waiting.append((child, (*path, name) if name else path))
        if group.fields:
            yield group


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        yield from ((str(key.value), child) for key, child in node.value if not _is_missing(child))
    elif isinstance(node, SequenceNode):
        yield from (("", child) for child in node.value)


def _is_missing(node: Node) -> bool:
    """Tell whether a key has no value: `{title}` is a hole in a template."""
    return isinstance(node, ScalarNode) and node.value == "" and node.style is None


def _is_leaf(node: Node) -> bool:
    return isinstance(node, ScalarNode) or not node.value


def _leaf(name: str, node: Node, shift: int) -> Field:
    value = str(node.value) if isinstance(node, ScalarNode) else "[]"
    return Field(name, value, shift + node.start_mark.index, shift + node.end_mark.index)
