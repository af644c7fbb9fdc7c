"""Answers, or fenced blocks, of nothing but lines such as `present: no`: YAML, or a filled-in form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_steering.tasks.security.answers.structured.field_groups import Field, Group

_LINE = re.compile(
    r" {0,24}(?P<item>[-*+] {1,4})?(?P<name>[\w?()/-]{1,30}(?: [\w?()/-]{1,20}){0,3})[\"']? ?:"
    r" {0,9}(?P<value>[^\n]{0,400})"
)
_FENCE = re.compile(r"^ {0,3}```\w{0,12} *\n((?:(?! {0,3}```)[^\n]{0,400}\n){1,60}) {0,3}```", re.MULTILINE)
_RULE = re.compile(r" {0,9}(?:---+|===+|\.\.\.|)\s*")
_LATER_LABEL = re.compile(r"[.!?;] [^!?\n]{1,80}:")
_MOST_LINES = 80


def lines_in(text: str) -> Iterator[Group]:
    """Return the groups of labelled lines of a normalized text that holds nothing else."""
    fences = _FENCE.finditer(text) if "```" in text else ()
    blocks = [(0, text), *((fence.start(1), fence[1]) for fence in fences)]
    for start, block in blocks:
        groups = _groups(block, start)
        if groups:
            yield from groups
            return


def _groups(block: str, place: int) -> list[Group]:
    """Return the groups of a block; none where a line is something else."""
    groups: list[Group] = []
    parents: list[tuple[int, str]] = []
    if block.count("\n") > _MOST_LINES:
        return []
    for line in block.split("\n"):
        found = _LINE.fullmatch(line)
        if found is not None and _LATER_LABEL.search(found["value"]):
            return []
        if found is not None:
            depth = found.start("name")
            parents = [parent for parent in parents if parent[0] < depth]
            path = tuple(name for _, name in parents)
            if found["value"].strip(" |>"):
                if not groups or found["item"] or groups[-1].path != path:
                    groups.append(Group(path))
                groups[-1].fields.append(_field(found, place))
            else:
                parents.append((depth, found["name"]))
        elif _RULE.fullmatch(line) is None and not (groups and line.startswith("  ")):
            return []
        place += len(line) + 1
    return groups


def _field(found: re.Match[str], place: int) -> Field:
    value = found["value"].strip(" \"'")
    return Field(found["name"], value, place + found.start("value"), place + found.end("value"))
