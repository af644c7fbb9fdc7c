"""A cell as it was run now, as the entry that a baseline would have of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_steering.gate.baseline_entry import Entry, cell_key, without_hash
from pytest_steering.gate.baseline_samples import Samples, kept, numbers
from pytest_steering.gate.gated_metric import BY_ACCURACY, GatedMetric
from pytest_steering.gate.mean_fall import usual_margin
from pytest_steering.gate.measured_fall import effects_of
from pytest_steering.records import Record


def entry_of(record: Record, unsteered: Record | None, gated: GatedMetric) -> Entry:
    """Return the entry of a cell as it was run now.

    Args:
        record: The cell.
        unsteered: Its unsteered control.
        gated: What is judged of it.
    """
    samples = kept(record.outcomes, gated)
    control = kept(unsteered.outcomes, gated) if unsteered else ()
    bare = bare_entry(record)
    return replace(bare, samples=samples, unsteered=control, gated=_with_margin(gated, samples))


def bare_entry(record: Record) -> Entry:
    """Return what an entry says of how its cell was made, without samples.

    Args:
        record: The cell.
    """
    data = record.spec.get("data") or {}
    return Entry(
        record.arm,
        without_hash(record.spec),
        str(record.environment.get("numerics", "")),
        str(data.get("sha256", "")),
        str(record.environment.get("weights", ""))[:16],
        (),
        (),
        experiment=_experiment(record),
        vector=str(record.provenance.get("sha256", ""))[:16],
        versions=record.environment.get("versions") or {},
        effects=effects_of(record.metrics),
        made_with=_made_with(record),
    )


def baseline_key(record: Record, gated: GatedMetric) -> str:
    """Return a cell's name in a baseline: of experiment, question, arm, numerics, and what is judged."""
    numerics = str(record.environment.get("numerics", ""))
    return cell_key(_experiment(record), record.arm, record.spec, numerics, gated)


def _made_with(record: Record) -> dict[str, Any]:
    """Return what decided the answers and has no name that says it: forced or not, and sources of code."""
    reader, parts = record.environment.get("reader"), record.provenance.get("parts") or ()
    each = [{**_told_of(part), "sha256": str(part.get("sha256", ""))[:16]} for part in parts]
    beside = {"reader": reader, "parts": each}
    return {**_told_of(record.provenance), **{name: told for name, told in beside.items() if told}}


def _told_of(provenance: Mapping[str, Any]) -> dict[str, Any]:
    sources = {name: provenance.get(name) for name in ("chooser", "operation")}
    known = {name: source for name, source in sources.items() if source}
    return {"forced": bool(provenance.get("forced")), **known}


def _with_margin(gated: GatedMetric, samples: Samples) -> GatedMetric:
    """Return what is judged with its margin; accuracy's stands in no file, and is the gate's own."""
    if not gated.mean:
        return BY_ACCURACY
    margin = usual_margin(numbers(samples, gated)) if gated.margin is None else gated.margin
    return replace(gated, margin=margin)


def _experiment(record: Record) -> str:
    return record.experiment_id or "unnamed"
