"""Outcomes as a line of JSON holds them: read as what their schema says, or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from typing import Any, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.non_finite import decoded
from pytest_steering.outcome import Outcome
from pytest_steering.record_schema import OUTCOME, Kind, faults, refuse

_FLOATS = ("confidence", "margin", "choice_mass", "swapped_margin", "first_token_kl")

_NAMES = frozenset(one.name for one in fields(Outcome))


class Shape(NamedTuple):
    """What the names and types of a row's values leave to be asked; a run has few shapes and many rows.

    Attributes:
        whole: Whether every field is there, and no float of them is held as a text.
        looked_at: The fields whose values have to be looked at one by one, each with what it may hold.
    """

    whole: bool
    looked_at: tuple[tuple[str, Kind], ...]


def outcomes_of(rows: Iterable[dict[str, Any]]) -> tuple[Outcome, ...]:
    """Return the outcomes of rows of JSON.

    Raises:
        DataError: A field is not what its schema says, is unknown, or is missing and has no usual value.
    """
    return tuple(map(_outcome, rows))


def _outcome(row: dict[str, Any]) -> Outcome:
    shape = _shape(tuple(row), tuple(map(type, row.values())))
    if shape.whole and all(kind.holds(row[name]) for name, kind in shape.looked_at):
        return Outcome.of(row)
    return _with_care(row)


@lru_cache(maxsize=1024)
def _shape(names: tuple[str, ...], types: tuple[type, ...]) -> Shape:
    held = dict(zip(names, types, strict=True))
    texts = [name for name in _FLOATS if held.get(name) is str]
    looked_at = [
        (name, OUTCOME[name]) for name in names if name in OUTCOME and held[name] not in OUTCOME[name].types
    ]
    return Shape(set(names) == _NAMES and not texts, tuple(looked_at))


def _with_care(row: dict[str, Any]) -> Outcome:
    """Return the outcome of a row that lacks fields, holds floats as texts, or is none."""
    scores = row.get("scores") or {}
    found = {**decoded(row, _FLOATS), "scores": scores}
    if isinstance(scores, dict):
        found["scores"] = decoded(scores)
    refuse(faults(found, OUTCOME))
    try:
        return Outcome(**found)
    except TypeError as error:
        raise DataError(f"not a record: a field is not what its schema says: {error}") from error
