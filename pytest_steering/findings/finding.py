"""One finding about one cell.

How bad a finding is stands in `catalogue`, by one rule: `invalid` only where the number cannot mean what it
says; all else `limits` it or is a `note`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_steering.findings.catalogue import CATALOGUE, UNKNOWN, Kind, Severity


@dataclass(frozen=True)
class Finding:
    """What is wrong with a cell, or limits what it says.

    Attributes:
        id: Of its kind, in `CATALOGUE`; a record of another version may hold one that is unknown here.
        sentence: What was found, with the numbers.
        arm: The cell it belongs to.
        evidence: The numbers, by name.
    """

    id: str
    sentence: str
    arm: str = "steered"
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Severity, meaning and advice."""
        return CATALOGUE.get(self.id, UNKNOWN)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds."""
        return {
            "id": self.id,
            "severity": self.severity,
            "sentence": self.sentence,
            "evidence": dict(self.evidence),
            "advice": self.kind.advice,
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any], arm: str) -> Finding:
        """Return the finding that a record of an arm holds."""
        return cls(str(row["id"]), str(row["sentence"]), arm, row.get("evidence", {}))

    def __str__(self) -> str:
        return f"{self.severity}: {self.id} ({self.arm}): {self.sentence}"


def finding(name: str, sentence: str, *, arm: str = "steered", **evidence: Any) -> Finding:
    """Return a finding of a known kind; a name that is not in the catalogue is an error of the caller."""
    assert name in CATALOGUE, name
    return Finding(name, sentence, arm, evidence)
