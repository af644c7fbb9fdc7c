"""One accepted cell: what is kept of it, and the key that it goes by in a file.

The first layout named no experiment, vector or versions; its entries hold until they are accepted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_steering.gate.baseline_samples import GATED, Samples, as_rows, from_rows, gated_number, kept
from pytest_steering.identity import decided_by, question_of, spec_key
from pytest_steering.records import Record


@dataclass(frozen=True)
class Entry:
    """One accepted cell.

    Attributes:
        arm: Such as `steered`.
        spec: What was asked for and chosen, without the data's hash.
        numerics: Numerics profile; a baseline holds for this one alone.
        data: Hash of the data.
        weights: Beginning of the weights' fingerprint.
        samples: What is kept of each sample.
        unsteered: The same of the unsteered control.
        reasons: Why lower numbers were accepted, the oldest first.
        experiment: Where the test stands, and its name with parameters; empty in the first layout.
        vector: Beginning of the vector's hash.
        versions: Of packages.
    """

    arm: str
    spec: Mapping[str, Any]
    numerics: str
    data: str
    weights: str
    samples: Samples
    unsteered: Samples
    reasons: tuple[str, ...] = ()
    experiment: str = ""
    vector: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The cell's name in the file."""
        if not self.experiment:
            return spec_key({"arm": self.arm, "numerics": self.numerics, "spec": self.spec})
        return _key(self.experiment, self.arm, self.spec, self.numerics)

    @property
    def setting(self) -> tuple[str, str]:
        """The model's name and the numerics profile."""
        return str((self.spec.get("model") or {}).get("name", "")), self.numerics

    @property
    def decided_by(self) -> dict[str, Any]:
        """What decided the answers beside the cell's key."""
        surroundings = {"weights": self.weights, "versions": self.versions}
        return decided_by(self.spec, {"sha256": self.vector}, surroundings)

    def can_be(self, record: Record, exactly: bool) -> bool:
        """Tell whether an entry of the first layout can be of a cell.

        Args:
            record: The cell.
            exactly: Whether layer, scale and the like have to be the same.
        """
        asked = {name: value for name, value in _without_hash(record.spec).items() if name != "run"}
        same = self.spec == asked if exactly else question_of(self.spec) == question_of(asked)
        return same and (self.arm, self.numerics) == (record.arm, str(record.environment.get("numerics", "")))

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a file holds."""
        return {
            GATED: round(gated_number(self.samples), 4),
            "arm": self.arm,
            "data": self.data,
            "numerics": self.numerics,
            "reasons": list(self.reasons),
            "samples": as_rows(self.samples),
            "spec": dict(self.spec),
            "unsteered": as_rows(self.unsteered),
            "weights": self.weights,
            **self._named(),
        }

    def _named(self) -> dict[str, Any]:
        if not self.experiment:
            return {}
        return {"experiment": self.experiment, "vector": self.vector, "versions": dict(self.versions)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Entry:
        """Return what a file holds; raises KeyError or DataError for anything else."""
        samples, unsteered = (from_rows(row[part]) for part in ("samples", "unsteered"))
        numerics, data, weights = (str(row[name]) for name in ("numerics", "data", "weights"))
        reasons = tuple(map(str, row["reasons"]))
        named = {name: row[name] for name in ("experiment", "vector", "versions") if name in row}
        return cls(
            str(row["arm"]), row["spec"], numerics, data, weights, samples, unsteered, reasons, **named
        )


def entry_of(record: Record, unsteered: Record | None) -> Entry:
    """Return the entry of a cell as it was run now.

    Args:
        record: The cell.
        unsteered: Its unsteered control.
    """
    data = record.spec.get("data") or {}
    return Entry(
        record.arm,
        _without_hash(record.spec),
        str(record.environment.get("numerics", "")),
        str(data.get("sha256", "")),
        str(record.environment.get("weights", ""))[:16],
        kept(record.outcomes),
        kept(unsteered.outcomes) if unsteered else (),
        experiment=_experiment(record),
        vector=str(record.provenance.get("sha256", ""))[:16],
        versions=record.environment.get("versions") or {},
    )


def baseline_key(record: Record) -> str:
    """Return the name that a cell has in a baseline: experiment, question, arm and numerics."""
    numerics = str(record.environment.get("numerics", ""))
    return _key(_experiment(record), record.arm, record.spec, numerics)


def _experiment(record: Record) -> str:
    return record.experiment_id or "unnamed"


def _key(experiment: str, arm: str, spec: Mapping[str, Any], numerics: str) -> str:
    return spec_key(
        {"experiment": experiment, "arm": arm, "numerics": numerics, "question": question_of(spec)}
    )


def _without_hash(spec: Mapping[str, Any]) -> dict[str, Any]:
    data = {name: value for name, value in (spec.get("data") or {}).items() if name != "sha256"}
    return {**spec, "data": data}
