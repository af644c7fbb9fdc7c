"""One accepted cell: what is kept of it, and the key that it goes by in a file.

The first layout named no experiment, vector or versions; its entries hold until they are accepted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.gate.baseline_samples import Samples, as_rows, from_rows, gated_number, numbers
from pytest_steering.gate.gated_metric import BY_ACCURACY, GatedMetric
from pytest_steering.gate.integrity import digests, faults
from pytest_steering.identity import decided_by, question_of, spec_key
from pytest_steering.record_schema import ENVIRONMENT, NUMBERS, RECORD, SPEC, require_fields
from pytest_steering.records import Record

_LATER = ("experiment", "vector", "versions", "effects", "made_with", "digest")
"""What entries of earlier versions lack."""

_SCHEMA = {name: RECORD[name] for name in ("arm", "spec", "experiment")} | {
    "vector": RECORD["arm"],
    "versions": ENVIRONMENT["versions"],
    "effects": NUMBERS["metrics"],
    "made_with": RECORD["provenance"],
    "digest": ENVIRONMENT["versions"],
}


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
        gated: What is judged of the cell; the margin of a mean stands there as a number.
        effects: What is measured beside the samples.
        made_with: Whether the vector was forced, and the source of what a user's own code decides.
        digest: Hashes of its parts as they were accepted; empty where an earlier version accepted it.
        fault: What shows that it is not as it was accepted; empty where nothing does.
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
    gated: GatedMetric = BY_ACCURACY
    effects: Mapping[str, float] = field(default_factory=dict)
    made_with: Mapping[str, Any] = field(default_factory=dict)
    digest: Mapping[str, str] = field(default_factory=dict)
    fault: str = field(default="", compare=False)

    @cached_property
    def key(self) -> str:
        """The cell's name in the file."""
        if not self.experiment:
            return spec_key({"arm": self.arm, "numerics": self.numerics, "spec": self.spec})
        return cell_key(self.experiment, self.arm, self.spec, self.numerics, self.gated)

    @property
    def setting(self) -> tuple[str, str]:
        """The model's name and the numerics profile."""
        return str((self.spec.get("model") or {}).get("name", "")), self.numerics

    @property
    def number(self) -> float | None:
        """What is judged, of all samples; None where none of them has it."""
        return gated_number(self.samples, self.gated)

    @property
    def scored_share(self) -> float:
        """Share of the samples that have the number whose mean is judged; 1 without samples."""
        known = numbers(self.samples, self.gated) if self.gated.mean else self.samples
        return len(known) / len(self.samples) if self.samples else 1.0

    @property
    def decided_by(self) -> dict[str, Any]:
        """What decided the answers beside the cell's key."""
        known = {"forced": None, **self.made_with}
        surroundings = {"weights": self.weights, "versions": self.versions, "reader": known.get("reader")}
        return decided_by(self.spec, {**known, "sha256": self.vector}, surroundings)

    def can_be(self, record: Record, exactly: bool) -> bool:
        """Tell whether an entry of the first layout can be of a cell.

        Args:
            record: The cell.
            exactly: Whether layer, scale and the like have to be the same.
        """
        asked = {name: value for name, value in without_hash(record.spec).items() if name != "run"}
        same = self.spec == asked if exactly else question_of(self.spec) == question_of(asked)
        return same and (self.arm, self.numerics) == (record.arm, str(record.environment.get("numerics", "")))

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a file holds."""
        return {
            "arm": self.arm,
            "data": self.data,
            "numerics": self.numerics,
            "reasons": list(self.reasons),
            "samples": as_rows(self.samples, self.gated),
            "spec": dict(self.spec),
            "unsteered": as_rows(self.unsteered, self.gated),
            "weights": self.weights,
            **self._named(),
            **self._judged(),
            **{name: dict(part) for name, part in self._later().items() if part},
        }

    def _later(self) -> dict[str, Mapping[str, Any]]:
        """Return what entries of earlier versions lack."""
        return {"effects": self.effects, "made_with": self.made_with, "digest": self.digest}

    @property
    def sealed(self) -> Entry:
        """The entry with the digest of what it holds now."""
        return replace(self, digest=digests(self.as_dict()), fault="")

    def _judged(self) -> dict[str, Any]:
        number, gated = self.number, self.gated
        if not gated.mean:
            return {ACCURACY: round(number or 0.0, 4)}
        told = {"metric": gated.name, "better": gated.better, "unit": gated.unit, "margin": gated.margin}
        return {**told, "mean": number and float(f"{number:.4g}")}

    def _named(self) -> dict[str, Any]:
        if not self.experiment:
            return {}
        return {"experiment": self.experiment, "vector": self.vector, "versions": dict(self.versions)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Entry:
        """Return what a file holds; raises KeyError or DataError for anything else."""
        require_fields(row, _SCHEMA)
        require_fields(row["spec"], SPEC)
        gated = GatedMetric.told(row)
        samples, unsteered = (from_rows(row[part], gated) for part in ("samples", "unsteered"))
        numerics, data, weights = (str(row[name]) for name in ("numerics", "data", "weights"))
        reasons = tuple(map(str, row["reasons"]))
        named = {name: row[name] for name in _LATER if name in row}
        found = cls(
            str(row["arm"]),
            row["spec"],
            numerics,
            data,
            weights,
            samples,
            unsteered,
            reasons,
            **named,
            gated=gated,
        )
        return replace(found, fault="; ".join(faults(row, found.as_dict())))


def cell_key(experiment: str, arm: str, spec: Mapping[str, Any], numerics: str, gated: GatedMetric) -> str:
    """Return the name that a cell has in a baseline."""
    judged = {"metric": gated.name} if gated.mean else {}
    question = question_of(spec)
    return spec_key(
        {"experiment": experiment, "arm": arm, "numerics": numerics, "question": question, **judged}
    )


def without_hash(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec without the hash of its data, which stands beside it."""
    data = {name: value for name, value in (spec.get("data") or {}).items() if name != "sha256"}
    return {**spec, "data": data}
