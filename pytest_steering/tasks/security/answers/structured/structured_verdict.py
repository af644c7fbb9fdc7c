"""The verdict of a structured answer: what its fields say of the asked weakness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_steering.tasks.security.answers.decision import Finding
from pytest_steering.tasks.security.answers.polarity import Asked
from pytest_steering.tasks.security.answers.structured.field_groups import Group
from pytest_steering.tasks.security.answers.structured.field_meaning import said_by
from pytest_steering.tasks.security.answers.structured.field_sense import Sense, keys_in, sense_of
from pytest_steering.tasks.security.answers.structured.labelled_lines import lines_in
from pytest_steering.tasks.security.answers.structured.markdown_tables import rows_in
from pytest_steering.tasks.security.answers.structured.objects import objects_in
from pytest_steering.tasks.security.answers.structured.tags import tags_in
from pytest_steering.tasks.security.answers.weaknesses import related

_SOURCES = (objects_in, lines_in, rows_in, tags_in)
_SURE = 0.95
_ELSEWHERE = 0.5


class _Said(NamedTuple):
    """What one field or group says: of which weaknesses, and +1, -1 or 0 (left open)."""

    sign: int
    keys: frozenset[str]
    span: tuple[int, int]
    kind: str = "level"


def structured_verdict(text: str, asked: Asked) -> Finding | None:
    """Return what the objects, labelled lines, tables or tags of a normalized answer say.

    The first kind of them that says anything decides. Fields that name the asked weakness, or answer the
    question, count before those that do neither, and all of them before a mere level of risk.

    Args:
        text: The answer.
        asked: What was asked.

    Returns:
        The verdict; None where no field says anything of a weakness.
    """
    for groups_in in _SOURCES:
        said = [one for group in groups_in(text) for one in _said_in(group, asked.yes)]
        if said:
            return _decided(said, asked)
    return None


def _decided(said: list[_Said], asked: Asked) -> Finding | None:
    ours = [one for one in said if related(one.keys, asked.keys)]
    if not ours:
        return _elsewhere(said)
    exact = [one for one in ours if not asked.keys.isdisjoint(one.keys)]
    near = exact or [one for one in ours if one.keys or one.kind == "answer"] or ours
    counted = [one for one in near if one.kind != "level"] or near
    there = next((one for one in counted if one.sign > 0), None)
    if there is not None and not asked.keys and all(one.keys for one in counted):
        return Finding("yes", _SURE, there.span, "field")
    if _of_others(counted, said, asked):
        return _elsewhere([one for one in said if one.keys])
    signs = {one.sign for one in counted}
    if len(signs) > 1 or signs == {0}:
        rule = "fields against each other" if len(signs) > 1 else "field left open"
        return Finding("none", None, counted[0].span, rule)
    return Finding("yes" if counted[0].sign > 0 else "no", _SURE, counted[0].span, "field")


def _of_others(counted: list[_Said], said: list[_Said], asked: Asked) -> bool:
    """Tell whether a mere "vulnerable" is about the weaknesses named beside it, not the asked one."""
    mere = all(one.sign > 0 and not one.keys and one.kind != "answer" for one in counted)
    return mere and bool(asked.keys) and any(one.keys and one.sign > 0 for one in said)


def _elsewhere(said: list[_Said]) -> Finding | None:
    """Return the verdict where other weaknesses alone are spoken of: no, when one of them is there."""
    other = next((one for one in said if one.sign > 0), None)
    return None if other is None else Finding("no", _ELSEWHERE, other.span, "another weakness only")


def _said_in(group: Group, yes: int) -> Iterator[_Said]:
    """Return what a group's fields say, each of the weaknesses that it, or else its group, names."""
    senses = [sense_of(_name(field.name, group.path)) for field in group.fields]
    subject = _subject(group, senses)
    silent = True
    for field, sense in zip(group.fields, senses, strict=True):
        sign = said_by(field, sense, yes)
        named = (
            keys_in(field.value)
            if sign is None and sense.lists and " " in _name(field.name, ()).replace("_", " ")
            else None
        )
        if named:
            sign, subject = 1, named
        if sign is not None:
            silent = False
            yield _Said(sign, sense.keys or subject, (field.start, field.end), sense.kind)
    listed = any(sense_of(name).lists for name in group.path[-1:])
    if silent and listed and subject:
        yield _Said(1, subject, (group.fields[0].start, group.fields[-1].end))


def _name(name: str, path: tuple[str, ...]) -> str:
    """Return a field's name; a mere `value` has that of what it stands in."""
    return path[-1] if path and name == "value" else name


def _subject(group: Group, senses: list[Sense]) -> frozenset[str]:
    """Return the weaknesses that a group is about: those its naming fields, or what it stands in, name."""
    naming = [
        field.value
        for field, sense in zip(group.fields, senses, strict=True)
        if sense.kind in ("name", "list") or not field.name
    ]
    own = frozenset(key for value in naming for key in keys_in(value))
    return own or frozenset(key for name in group.path for key in keys_in(name))
