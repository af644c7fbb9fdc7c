"""The record of a cell: its schema, and its form as one line of JSON.

JSON has no NaN and no infinity. A float field holds them as the strings "NaN", "Infinity" and "-Infinity"; a
spec may not hold them at all, because two equal specs must be equal text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.identity import (
    canonical,
    decided_by,
    experiment_id,
    question_of,
    spec_key,
)
from pytest_steering.plain_json import parsed
from pytest_steering.printable import printable
from pytest_steering.record_schema import NUMBERS, OUTCOME, faults, record_faults
from pytest_steering.record_upgrade import SCHEMA_VERSION, upgraded

_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True)
class Outcome:
    """What became of one sample in one cell.

    Attributes:
        id: The sample's id.
        expected: `yes` when the asked property is present, `no` when it is absent; empty without a label.
        predicted: `yes`, `no`, or `none` when the answer could not be read; empty where no verdict is asked.
        prompt_sha256: Hash of the prompt as it was sent.
        response: The generated text.
        correct: Whether predicted is expected; None without an answer or a label.
        confidence: The reader's, 0 to 1, where it has one.
        rule: The reader's rule that decided.
        margin: log p(present) − log p(absent) of the first answer token, natural logarithm; of a choice,
            log p(wanted) − log p(all others) of whole options.
        choice_mass: Probability of the two choices, or of all options, together.
        swapped_margin: The margin for *present* when the question was asked in the opposite polarity; of a
            choice, for the wanted option when the options stood in the opposite order.
        wanted: The option of a choice that the margin speaks for; empty where none are asked.
        chosen: The likeliest option, or the one that the text names; empty where there is none.
        first_token_kl: KL(this cell ‖ unsteered) of the first answer token's distribution, in nats.
        tokens: Number of generated tokens.
        tokens_sha256: Hash of the generated token ids.
        tied_at: The first generated token at which the two best logits lay within the tie margin.
        tied_text: What the answer would have begun with, up to and with that token, had the tie gone the
            other way; empty where that is not known.
        pair_id: Shared by twins.
        cluster: Shared by samples that go back to one scenario, where that is more than the pair or sample.
        group: What results are broken down by; empty without one.
        scores: Numbers that the task gives the answer, by name; None for one that cannot be had.
        faults: Why a score failed on the answer, by its name.
        prompt_tokens: Length of the prompt.
        length: Characters of the sample's text; None where that is not known.
        skipped: Why the sample was not run; empty when it was.
        ended: Whether a stop token ended the answer; None where the sample was not run or its
            verdict ended it.
    """

    id: str
    expected: str
    predicted: str = "none"
    prompt_sha256: str = ""
    response: str = ""
    correct: bool | None = None
    confidence: float | None = None
    rule: str = ""
    margin: float | None = None
    choice_mass: float | None = None
    swapped_margin: float | None = None
    wanted: str = ""
    chosen: str = ""
    first_token_kl: float | None = None
    tokens: int = 0
    tokens_sha256: str = ""
    tied_at: int | None = None
    tied_text: str = ""
    pair_id: str | None = None
    cluster: str | None = None
    group: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    prompt_tokens: int = 0
    length: int | None = None
    skipped: str = ""
    ended: bool | None = None

    @property
    def resampled_with(self) -> str:
        """Name of the cluster that a bootstrap draws whole."""
        return self.cluster or self.pair_id or self.id


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
    attempt: int = 1
    schema_version: int = SCHEMA_VERSION

    def __repr__(self) -> str:
        told = (self.experiment, self.model, f"{len(self.outcomes)} samples")
        return f"<Record {printable(self.arm, 40)}: {', '.join(printable(one, 80) for one in told if one)}>"

    @property
    def key(self) -> str:
        """The cell's key: equal for the same question, whatever the experiment chose to answer it with."""
        return spec_key(
            {"experiment": self.experiment_id, "arm": self.arm, "question": question_of(self.spec)}
        )

    @property
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
    """Return the record as one line of JSON, without its newline.

    Raises:
        DataError: It holds a value that JSON does not know, such as a number of numpy's.
    """
    canonical(record.spec)
    try:
        row = {**asdict(replace(record, outcomes=())), "outcomes": [asdict(one) for one in record.outcomes]}
        return json.dumps(_encoded(row), sort_keys=True, allow_nan=False)
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
    _require(record_faults(row))
    return _record(upgraded(row))


def _newer(version: Any) -> bool:
    return isinstance(version, int) and version > SCHEMA_VERSION


def _record(row: dict[str, Any]) -> Record:
    known = {item.name for item in fields(Record)}
    unknown = sorted(set(row) - known)
    if unknown or "spec" not in row:
        raise DataError(f"not a record: unknown fields {unknown}" if unknown else "not a record: no spec")
    try:
        return Record(**{name: _FIELDS.get(name, _as_it_is)(value) for name, value in row.items()})
    except (TypeError, AttributeError) as error:
        raise DataError(f"not a record: a field is not what its schema says: {error}") from error


def _require(faults: Iterable[str]) -> None:
    fault = next(iter(faults), "")
    if fault:
        raise DataError(f"not a record: {fault}")


def _as_it_is(value: Any) -> Any:
    return value


def _outcomes(rows: Iterable[dict[str, Any]]) -> tuple[Outcome, ...]:
    return tuple(map(_outcome, rows))


def _outcome(row: dict[str, Any]) -> Outcome:
    scores = row.get("scores") or {}
    found = {**_decoded_floats(row, _OUTCOME_FLOATS), "scores": scores}
    if isinstance(scores, dict):
        found["scores"] = _decoded_floats(scores)
    _require(faults(found, OUTCOME))
    return Outcome(**found)


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    found = _decoded_floats(row)
    _require(faults({"metrics": found}, NUMBERS))
    return found


_OUTCOME_FLOATS = ("confidence", "margin", "choice_mass", "swapped_margin", "first_token_kl")


def _encoded(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _encoded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(item) for item in value]
    return value


def _decoded_floats(row: dict[str, Any], names: tuple[str, ...] | None = None) -> dict[str, Any]:
    return {
        key: _NON_FINITE.get(value, value)
        if isinstance(value, str) and (names is None or key in names)
        else value
        for key, value in row.items()
    }


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "outcomes": _outcomes,
    "metrics": _numbers,
    "latency": _numbers,
    "findings": tuple,
}
