"""Whether runs were made in one way: the same packages, weights, numerics, code and data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias

from pytest_steering.identity import SCORE, canonical
from pytest_steering.printable import printable
from pytest_steering.records import Record

Settings: TypeAlias = Mapping[str, frozenset[str]]
"""What the records of a run say of how they were made, by the name that a person knows it by."""


def settings_of(records: Iterable[Record]) -> Settings:
    """Return how the records of a run were made.

    One run has one set of packages, one commit and one machine: where its own records differ there, as after
    it went on elsewhere, all that they say is told. What may differ from test to test is told where it does
    not.

    Args:
        records: Of the run; the newest of each cell.
    """
    alike: dict[str, set[str]] = defaultdict(set)
    own: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for found, said in ((alike, _around(record)), (own, _of_tests(record))):
            for name, value in said:
                found[name].add(value)
    told = alike | {name: values for name, values in own.items() if len(values) == 1}
    return {name: frozenset(values) for name, values in told.items()}


def disagreements(runs: Sequence[tuple[str, Settings]]) -> list[str]:
    """Return a sentence on each thing in which runs differ; one that knows nothing of it is passed over.

    Args:
        runs: Their names and how their records were made.
    """
    found: dict[str, str] = {}
    for (one, ours), (other, theirs) in combinations(runs, 2):
        for name in ours:
            if ours[name] != theirs.get(name, ours[name]):
                said = f"{name} is {_listed(ours[name])} in {one} and {_listed(theirs[name])} in {other}"
                found.setdefault(name, said)
    return list(found.values())


def _around(record: Record) -> Iterator[tuple[str, str]]:
    around = record.environment
    for package, version in (around.get("versions") or {}).items():
        yield package, str(version)
    known = {"the commit": around.get("commit"), "the machine": around.get("machine")}
    yield from _known(known)


def _of_tests(record: Record) -> Iterator[tuple[str, str]]:
    around, model = record.environment, record.model
    data = record.spec.get("data") or {}
    known = {
        f"the weights of {model}": around.get("weights"),
        f"the dtype and device of {model}": around.get("numerics"),
    }
    engine = str(record.spec.get("engine") or "")
    if engine and f"-{engine}" not in record.node_id:
        known["the engine"] = engine
    if record.spec.get("purpose") == SCORE and data.get("dataset"):
        asked = canonical({name: value for name, value in data.items() if name != "sha256"})
        known[f"the data {asked}"] = data.get("sha256")
        reader = record.spec.get("reader") or "its answers"
        known[f"what reads {reader} of {data['dataset']}"] = around.get("reader")
    yield from _known({**known, **_code(record.spec.get("intervention"), record.provenance)})


def _code(intervention: object, provenance: Mapping[str, Any]) -> dict[str, object]:
    """Return the sources of a user's own operations and positions, by the names that specs know them by."""
    if not isinstance(intervention, dict):
        return {}
    parts, told = intervention.get("parts"), provenance.get("parts")
    each = zip(parts, told, strict=False) if isinstance(parts, list) and isinstance(told, list) else ()
    found = {name: source for part, own in each for name, source in _code(part, own).items()}
    named = {"operation": "operation", "positions": "chooser"}
    own = {f"the source of {intervention.get(what)}": provenance.get(key) for what, key in named.items()}
    return {**found, **own}


def _known(said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield from ((name, str(value)) for name, value in said.items() if value not in (None, ""))


def _listed(values: Iterable[str]) -> str:
    return " and ".join(_shown(value) for value in sorted(values))


def _shown(value: str) -> str:
    return value[:12] if len(value) >= 32 else printable(value, 60)
