"""Whether runs were made in one way: the same packages, weights, numerics, code and data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from pytest_steering.identity import SCORE, canonical
from pytest_steering.printable import printable
from pytest_steering.records import Record

Settings: TypeAlias = Mapping[str, str]
"""What all records of a run say in the same way, by the name that a person knows it by."""


def settings_of(records: Iterable[Record]) -> Settings:
    """Return how the records of a run were made, as far as they agree on it among themselves.

    Args:
        records: Of the run.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for name, value in _said(record):
            found[name].add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def disagreements(runs: Sequence[tuple[str, Settings]]) -> list[str]:
    """Return a sentence on each thing in which runs differ; one that knows nothing of it is passed over.

    Args:
        runs: Their names and how their records were made.
    """
    found: dict[str, str] = {}
    for (one, ours), (other, theirs) in combinations(runs, 2):
        for name in ours:
            if ours[name] != theirs.get(name, ours[name]):
                said = f"{name} is {_shown(ours[name])} in {one} and {_shown(theirs[name])} in {other}"
                found.setdefault(name, said)
    return list(found.values())


def _said(record: Record) -> Iterator[tuple[str, str]]:
    around, model = record.environment, record.model
    for package, version in (around.get("versions") or {}).items():
        yield package, str(version)
    data = record.spec.get("data") or {}
    known = {
        "the commit": around.get("commit"),
        "the machine": around.get("machine"),
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
    yield from ((name, str(value)) for name, value in known.items() if value not in (None, ""))


def _shown(value: str) -> str:
    return value[:12] if len(value) >= 32 else printable(value, 60)
