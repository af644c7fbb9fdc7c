"""What a ledger says of a record: which cell it is of, what was looked at, and the hash of its line."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from pytest_steering.records import Record

RECORD = "record"


def record_entry(record: Record, line: str) -> dict[str, Any]:
    """Return the content of a record's entry.

    Args:
        record: As it was made.
        line: As it stands in its file.
    """
    spec, data = record.spec, record.spec.get("data") or {}
    return {
        "kind": RECORD,
        "record": line_hash(line.encode("utf-8")),
        "cell": record.key,
        "test": record.node_id,
        "experiment": record.experiment,
        "arm": record.arm,
        "purpose": spec.get("purpose", ""),
        "model": record.model,
        "weights": record.environment.get("weights", ""),
        "task": data.get("dataset", ""),
        "split": data.get("split", ""),
        "samples": data.get("sha256", ""),
        "vector": record.provenance.get("sha256", ""),
        "intervention": spec.get("intervention"),
        "outcomes": outcomes_hash(record),
        "number": _number(record),
    }


def _number(record: Record) -> float | None:
    """Return the number that the record's task is about."""
    value = record.metrics.get(str(record.evidence.get("main_metric", "accuracy")))
    return value if value is not None and math.isfinite(value) else None


def line_hash(line: bytes) -> str:
    """Return the hash by which a ledger knows a line of records, without its newline."""
    return hashlib.sha256(line).hexdigest()


def outcomes_hash(record: Record) -> str:
    """Return a hash of what became of the samples; empty where there are none.

    Which words of an answer decided is left out: older records do not say, and are the same outcomes.
    """
    if not record.outcomes:
        return ""
    became = [
        {name: value for name, value in vars(one).items() if name != "spans"} for one in record.outcomes
    ]
    text = json.dumps(became, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
