"""Whether the fields of a record are what its schema says, so that whoever reads one need not ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.printable import printable


class Kind(NamedTuple):
    """What a field may hold.

    Attributes:
        said: In words.
        holds: Tells whether a value is such.
        types: Values of these types are, whatever they say, so that most fields need no further look.
    """

    said: str
    holds: Callable[[Any], bool]
    types: frozenset[type] = frozenset()


def _of(said: str, *types: type) -> Kind:
    # JSON has these types alone; of true and false Python would say that they are whole numbers.
    return Kind(said, lambda value: type(value) in types, frozenset(types))


def _list_of(kind: Kind) -> Kind:
    return Kind(
        f"a list, each {kind.said}", lambda value: type(value) is list and all(map(kind.holds, value))
    )


def _object_of(kind: Kind) -> Kind:
    def holds(value: Any) -> bool:
        return type(value) is dict and all(map(kind.holds, value.values()))

    return Kind(f"an object, each value {kind.said}", holds)


def _one_of(*values: str) -> Kind:
    return Kind(" or ".join(map(repr, values)), lambda value: type(value) is str and value in values)


_TEXT, _TEXT_OR_NULL = _of("text", str), _of("text or null", str, NoneType)
_OBJECT, _OBJECT_OR_NULL = _of("an object", dict), _of("an object or null", dict, NoneType)
_TRUTH_OR_NULL = _of("true, false or null", bool, NoneType)
_NUMBER, _NUMBER_OR_NULL = _of("a number", int, float), _of("a number or null", int, float, NoneType)
_WHOLE = Kind("a whole number from 0", lambda value: type(value) is int and 0 <= value < 1 << 63)
_WHOLE_OR_NULL = Kind(f"{_WHOLE.said} or null", lambda value: value is None or _WHOLE.holds(value))
_WHOLES = _list_of(_WHOLE)
_NUMBERS = _object_of(_NUMBER_OR_NULL)
_SPANS = Kind(
    "a list of pairs of whole numbers",
    lambda value: type(value) is list and all(_WHOLES.holds(one) and len(one) == 2 for one in value),
)

Schema = Mapping[str, Kind]

RECORD: Schema = {
    "spec": _OBJECT,
    "arm": _TEXT,
    "environment": _OBJECT,
    "outcomes": _list_of(_OBJECT),
    "metrics": _OBJECT,
    "latency": _OBJECT,
    "counts": _object_of(_WHOLE),
    "provenance": _OBJECT,
    "evidence": _OBJECT,
    "findings": _list_of(_OBJECT),
    "experiment": _TEXT,
    "node_id": _TEXT,
    "attempt": _WHOLE,
}

SPEC: Schema = {
    "purpose": _TEXT,
    "model": _OBJECT_OR_NULL,
    "data": _OBJECT_OR_NULL,
    "prompt": _OBJECT_OR_NULL,
    "intervention": _OBJECT_OR_NULL,
    "vectors": _OBJECT_OR_NULL,
    "engine": _TEXT_OR_NULL,
    "reader": _TEXT_OR_NULL,
    "metric": _TEXT,
    "better": _one_of("higher", "lower", "neither"),
    "unit": _TEXT,
    "margin": _NUMBER_OR_NULL,
    "asked": _TEXT,
    "cell": _TEXT,
    "unsteered": _TEXT,
}

_PART: Schema = {"layers": _list_of(_WHOLE), "scale": _NUMBER}

INTERVENTION: Schema = {
    **_PART,
    "parts": _list_of(
        Kind(
            "an object with layers and a scale",
            lambda value: type(value) is dict and not [*faults(value, _PART)],
        )
    ),
}

PROVENANCE: Schema = {"parts": _list_of(_OBJECT)}

DATA: Schema = {"dataset": _TEXT_OR_NULL, "split": _TEXT_OR_NULL, "sha256": _TEXT_OR_NULL}

ENVIRONMENT: Schema = {"versions": _object_of(_TEXT), "weights": _TEXT, "numerics": _TEXT}

EVIDENCE: Schema = {
    "main_metric": _TEXT,
    "scores": _object_of(_OBJECT),
    "guards": _list_of(_TEXT),
    "task": _list_of(_TEXT),
    "texts": _list_of(_TEXT),
    "met": _of("true or false", bool),
}

FINDING: Schema = {"id": _TEXT, "sentence": _TEXT, "severity": _TEXT, "advice": _TEXT, "evidence": _OBJECT}

NUMBERS: Schema = {"metrics": _NUMBERS, "latency": _NUMBERS}

OUTCOME: Schema = {
    "id": _TEXT,
    "expected": _one_of("yes", "no", ""),
    "predicted": _one_of("yes", "no", "none", ""),
    "prompt_sha256": _TEXT,
    "response": _TEXT,
    "correct": _TRUTH_OR_NULL,
    "confidence": _NUMBER_OR_NULL,
    "rule": _TEXT,
    "margin": _NUMBER_OR_NULL,
    "choice_mass": _NUMBER_OR_NULL,
    "swapped_margin": _NUMBER_OR_NULL,
    "wanted": _TEXT,
    "chosen": _TEXT,
    "first_token_kl": _NUMBER_OR_NULL,
    "tokens": _WHOLE,
    "tokens_sha256": _TEXT,
    "tied_at": _WHOLE_OR_NULL,
    "tied_text": _TEXT,
    "pair_id": _TEXT_OR_NULL,
    "cluster": _TEXT_OR_NULL,
    "group": _TEXT,
    "scores": _NUMBERS,
    "faults": _object_of(_TEXT),
    "spans": _object_of(_SPANS),
    "prompt_tokens": _WHOLE,
    "length": _WHOLE_OR_NULL,
    "skipped": _TEXT,
    "ended": _TRUTH_OR_NULL,
}


def faults(row: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    """Yield what is wrong with a row's fields; one that is not there, or not in the schema, is no fault.

    Args:
        row: An object of JSON.
        schema: What its fields hold.
    """
    for name, value in row.items():
        kind = schema.get(name)
        if kind is not None and type(value) not in kind.types and not kind.holds(value):
            yield f"{name!r} is {printable(repr(value), 60)}, expected {kind.said}"


def require_fields(row: Mapping[str, Any], schema: Schema) -> None:
    """Refuse a row whose fields are not what they should be.

    Args:
        row: An object of JSON.
        schema: What its fields hold.

    Raises:
        DataError: The first fault.
    """
    fault = next(faults(row, schema), "")
    if fault:
        raise DataError(fault)


def refuse(found: Iterable[str]) -> None:
    """Refuse a line of records that has a fault.

    Args:
        found: What is wrong with it.

    Raises:
        DataError: The first fault.
    """
    fault = next(iter(found), "")
    if fault:
        raise DataError(f"not a record: {fault}")


def record_faults(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a record's fields, but for its numbers and outcomes.

    Args:
        row: With all fields that a record needs.
    """
    yield from faults(row, RECORD)
    spec = row.get("spec")
    parts = {
        "spec": (row, SPEC),
        "provenance": (row, PROVENANCE),
        "environment": (row, ENVIRONMENT),
        "evidence": (row, EVIDENCE),
        "intervention": (spec, INTERVENTION),
        "data": (spec, DATA),
    }
    for name, (holder, schema) in parts.items():
        part = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(part, dict):
            yield from (f"of its {name}, {one}" for one in faults(part, schema))
    found = row.get("findings")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            missing = [f"{name!r} is missing" for name in ("id", "severity", "sentence") if name not in one]
            yield from (f"of a finding, {fault}" for fault in (*missing, *faults(one, FINDING)))
