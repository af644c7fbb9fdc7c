"""The record of a cell: its schema, and its form as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.identity import (
    canonical,
    decided_by,
    experiment_id,
    question_of,
    spec_key,
)
from pytest_steering.non_finite import decoded, encoded
from pytest_steering.outcome import Outcome
from pytest_steering.outcome_rows import outcomes_of
from pytest_steering.plain_json import parsed
from pytest_steering.printable import printable
from pytest_steering.record_schema import NUMBERS, faults, record_faults, refuse
from pytest_steering.record_upgrade import SCHEMA_VERSION, upgraded

__all__ = ["SCHEMA_VERSION", "Outcome", "Record", "from_line", "from_row", "means_nothing", "to_line"]


@dataclass(frozen=True, repr=False)
class Record:
    """One cell: model × data × prompt × intervention.

    Attributes:
        spec: What was asked for, canonical; two runs of one cell have equal specs.
        arm: `unsteered`, `steered`, or the control's name.
        environment: Versions, device, dtype, engine, commit.
        outcomes: One entry a sample, in the data's order.
        metrics: Numbers by name; None where a metric is undefined.
        latency: Seconds of all arms together, the most memory the process held, in MiB, and its threads.
        counts: Whole numbers: forward passes, prompt and generated tokens, rows.
        provenance: Where the vector came from, its norms and its hash.
        evidence: What was observed around the cell, which its findings are computed from.
        findings: What is wrong with the cell or limits it; each has at least `id` and `sentence`.
        experiment: The test's name with its parameters, but for the model.
        node_id: The test that ran it.
        prompts: What the outcomes were asked, by hash, as far as whoever made the record knows; texts stand
            beside the records and in no line, and nothing is decided by them.
        attempt: 1, and one more each time that the run was gone on with and the cell measured anew.
        schema_version: Of this layout.
    """

    spec: Mapping[str, Any]
    arm: str = "steered"
    environment: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Sequence[Outcome] = ()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    latency: Mapping[str, float | None] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    experiment: str = ""
    node_id: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict, compare=False)
    attempt: int = 1
    schema_version: int = SCHEMA_VERSION

    def __repr__(self) -> str:
        told = (self.experiment, self.model, f"{len(self.outcomes)} samples")
        return f"<Record {printable(self.arm, 40)}: {', '.join(printable(one, 80) for one in told if one)}>"

    @cached_property
    def key(self) -> str:
        """The cell's key: equal for the same question, whatever the experiment chose to answer it with."""
        return spec_key(
            {"experiment": self.experiment_id, "arm": self.arm, "question": question_of(self.spec)}
        )

    @cached_property
    def address(self) -> str:
        """Key of all that was asked for and chosen, by which other records of a test name the cell."""
        return spec_key({"arm": self.arm, **self.spec})

    @property
    def experiment_id(self) -> str:
        """The experiment's name together with the file that it stands in."""
        return experiment_id(self.experiment, self.node_id)

    @property
    def decided_by(self) -> dict[str, Any]:
        """What decides the result beside the key, such as layer, scale, the vector's hash and the weights."""
        return decided_by(self.spec, self.provenance, self.environment)

    @property
    def failed(self) -> bool:
        """Whether the cell could not be finished."""
        return bool(self.evidence.get("failed"))

    @property
    def model(self) -> str:
        """Name of the model that ran."""
        return str(self.spec.get("model", {}).get("name", ""))


def means_nothing(finding: Mapping[str, Any]) -> bool:
    """Tell whether a finding says that its cell's numbers mean nothing.

    One of a severity that is unknown here does: a newer version has a word for what nobody should pass over.

    Args:
        finding: As a record holds it.
    """
    return finding.get("severity") not in ("limits", "note")


def to_line(record: Record) -> str:
    """Return the record as one line of JSON, without its newline and without the texts of prompts.

    Raises:
        DataError: It holds a value that JSON does not know, such as a number of numpy's.
    """
    canonical(record.spec)
    try:
        row = {**asdict(replace(record, **_BESIDE)), "outcomes": [asdict(one) for one in record.outcomes]}
        del row["prompts"]
        return json.dumps(encoded(row), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"a record must be plain JSON ({record.experiment}, {record.arm}): {error}"
        ) from error


def from_line(line: str | bytes) -> Record:
    """Return the record that a line holds.

    Raises:
        DataError: The line is no record, or was written by a newer schema.
    """
    try:
        row = parsed(line)
    except DataError as error:
        raise DataError(f"not a record: {error}") from error
    return from_row(row)


def from_row(row: Any) -> Record:
    """Return the record that a line of JSON holds.

    Raises:
        DataError: The row is no record, or was written by a newer schema.
    """
    if not isinstance(row, dict) or "schema_version" not in row:
        raise DataError("not a record: a JSON object with schema_version was expected")
    version = row["schema_version"]
    if type(version) is not int or version not in (1, SCHEMA_VERSION):
        raise DataError(
            f"record of schema {printable(repr(version), 60)}; this version reads {SCHEMA_VERSION}"
            + ("; a newer version of pytest-steering wrote it" if _newer(version) else "")
        )
    refuse(record_faults(row))
    return _record(upgraded(row))


def _newer(version: Any) -> bool:
    return isinstance(version, int) and version > SCHEMA_VERSION


def _record(row: dict[str, Any]) -> Record:
    known = {item.name for item in fields(Record)} - {"prompts"}
    unknown = sorted(set(row) - known)
    if unknown or "spec" not in row:
        raise DataError(f"not a record: unknown fields {unknown}" if unknown else "not a record: no spec")
    try:
        return Record(**{name: _FIELDS.get(name, _as_it_is)(value) for name, value in row.items()})
    except (TypeError, AttributeError) as error:
        raise DataError(f"not a record: a field is not what its schema says: {error}") from error


_BESIDE: Mapping[str, Any] = {"outcomes": (), "prompts": {}}
"""What a line does not hold as a dataclass has it."""


def _as_it_is(value: Any) -> Any:
    return value


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    found = decoded(row)
    refuse(faults({"metrics": found}, NUMBERS))
    return found


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "outcomes": outcomes_of,
    "metrics": _numbers,
    "latency": _numbers,
    "findings": tuple,
}
