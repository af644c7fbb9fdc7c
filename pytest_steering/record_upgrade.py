"""Records of older schemas, read as those of this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.identity import named_with_parameters

SCHEMA_VERSION = 2


def upgraded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of an older schema as one of this.

    Schema 1 named a test without its parameters, meant the answered samples by balanced_accuracy, and knew a
    weakness and a language of each sample, which was code.
    """
    if row["schema_version"] == SCHEMA_VERSION or not isinstance(row.get("spec"), dict):
        return row
    name, node_id = str(row.get("experiment", "")), str(row.get("node_id", ""))
    model, engine = (row["spec"].get("model") or {}).get("name", ""), row["spec"].get("engine", "")
    named = named_with_parameters(name, node_id, model, engine)
    metrics = {"metrics": _renamed(row["metrics"])} if isinstance(row.get("metrics"), dict) else {}
    outcomes = {"outcomes": list(map(_grouped, row["outcomes"]))} if row.get("outcomes") else {}
    return {**row, "experiment": named, **metrics, **outcomes, "schema_version": SCHEMA_VERSION}


def _renamed(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of schema 1 by the names that they have now; a bare name is over all samples."""
    found = dict(metrics)
    if "balanced_accuracy" in found:
        found["balanced_accuracy_answered"] = found.pop("balanced_accuracy")
    bare = ("accuracy", "balanced_accuracy")
    return {**found, **{name: found[f"{name}_all"] for name in bare if f"{name}_all" in found}}


def _grouped(outcome: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in outcome.items() if name not in ("asked_cwe", "language")}
    return {**kept, "group": outcome.get("asked_cwe", "")}
