"""What a cell is asked for: its spec, and its record as it is before anything was run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from pytest_steering.comparison import STEERED
from pytest_steering.experiments.condition import Condition
from pytest_steering.extraction.reading_places import LAST
from pytest_steering.identity import SCORE
from pytest_steering.records import Record
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.joint import AnyIntervention, parts_of
from pytest_steering.steering.sites import BLOCK_OUTPUT
from pytest_steering.tasks.sample_selection import data_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.tasks.asked import Asked


def blank(context: Context, asked: Sequence[Asked], conditions: Mapping[str, Condition], name: str) -> Record:
    """Return the record of a scored cell as it is before anything was run: spec, arm, provenance, names.

    Args:
        context: Names model, data and generation in the spec.
        asked: The samples.
        conditions: By arm name.
        name: The cell's arm.
    """
    samples, condition = [one.sample for one in asked], conditions[name]
    return Record(
        spec=spec_of(context, SCORE, samples, condition, conditions[STEERED]),
        arm=name,
        provenance={**provenance_of(condition.intervention), **condition.chosen},
        experiment=context.name,
        node_id=context.node_id,
    )


def blank_beside(
    context: Context,
    purpose: str,
    intervention: AnyIntervention,
    asked: Sequence[Asked],
    swept: Mapping[str, Any] | None = None,
) -> Record:
    """Return the record of what is run beside the scored cells as it is before anything was run.

    Args:
        context: Names model, data and generation in the spec.
        purpose: Such as `search`.
        intervention: The vector with layers and scale.
        asked: The samples.
        swept: What is run through, by name.
    """
    condition = Condition(intervention)
    spec = spec_of(context, purpose, [one.sample for one in asked], condition, condition)
    return Record(
        spec={**spec, "swept": dict(swept)} if swept else spec,
        provenance=provenance_of(intervention),
        experiment=context.name,
        node_id=context.node_id,
    )


def spec_of(
    context: Context,
    purpose: str,
    samples: Sequence[Any],
    condition: Condition,
    steered: Condition,
) -> dict[str, Any]:
    """Return what was asked for; the vector's origin is said of all arms of a run, which keeps them together.

    Args:
        context: Names model, data and generation.
        purpose: Such as `score`.
        samples: Those of the cell.
        condition: The cell's.
        steered: That of the run's steered arm.
    """
    architecture, questions = context.model.architecture, context.questions
    return {
        "purpose": purpose,
        **_ordinal(context),
        "model": {
            "name": context.model.name,
            "model_type": architecture.model_type,
            "family": architecture.family,
            "num_layers": architecture.num_layers,
            "hidden_size": architecture.hidden_size,
            **_site(architecture.site),
        },
        "data": {
            "dataset": questions.task.name,
            "split": questions.split,
            "samples": len(samples),
            "sha256": data_hash(samples),
        },
        "vectors": _origin(steered),
        "prompt": {
            "form": questions.task.form,
            "rendering": questions.task.rendering(questions.tokenizer),
            "both_polarities": questions.both_polarities,
        },
        "generation": _generation(context),
        "reader": questions.task.reader,
        "engine": context.model.engine_name,
        "intervention": condition.spec(),
    }


def _site(site: str) -> dict[str, str]:
    """Return where blocks are read and steered; their output needs no name."""
    return {} if site == BLOCK_OUTPUT else {"site": site}


def _ordinal(context: Context) -> dict[str, int]:
    """Return which of a step's calls a cell is of; the first, mostly the only one, needs no number."""
    return {"run": context.ordinal} if context.ordinal > 1 else {}


def _generation(context: Context) -> dict[str, Any]:
    """Return how answers are written; how they stop is named where it is not the usual way."""
    usual = {"decoding": "greedy", "max_new_tokens": context.max_new_tokens}
    return usual if context.stop == "length" else {**usual, "stop": context.stop}


def provenance_of(intervention: AnyIntervention | None) -> dict[str, Any]:
    """Return where an intervention's vector comes from, its norms and its hash; nothing without one.

    Of a joint one that is said of each part; what all of them say alike stands beside the parts too.

    Args:
        intervention: The cell's.
    """
    if intervention is None:
        return {}
    parts = [_provenance(part) for part in intervention.parts]
    if isinstance(intervention, Intervention):
        return parts[0]
    alike = {name: said for name, said in parts[0].items() if all(one.get(name) == said for one in parts)}
    digest = hashlib.sha256(" ".join(one["sha256"] for one in parts).encode()).hexdigest()
    forced = {"forced": True} if intervention.forced else {}
    return {**alike, **forced, "method": _joined(parts, "method"), "sha256": digest, "parts": parts}


def _joined(parts: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return what parts say under a name, each thing once; empty where none says anything."""
    return " + ".join(dict.fromkeys(str(one[name]) for one in parts if one.get(name)))


def _provenance(intervention: Intervention) -> dict[str, Any]:
    vector = intervention.vector
    norms = {str(layer): vector.norms[layer] for layer in intervention.at}
    if all(map(isfinite, norms.values())):
        vector = vector.only(intervention.at)
    told = {"method": vector.method, "norms": norms, "sha256": vector.sha256}
    forced = {"forced": True} if intervention.forced else {}
    agree = {str(n): one.as_dict() for n in intervention.at if (one := vector.reliability.get(n))}
    reliability = {"reliability": agree} if agree else {}
    return {**vector.provenance, **told, **forced, **intervention.sources, **reliability}


def _origin(steered: Condition) -> dict[str, str]:
    parts = [part.vector.provenance for part in parts_of([steered.intervention])]
    said = {name: _joined(parts, name) for name in ("dataset", "contrast", "position")}
    return {name: told for name, told in said.items() if told and (name, told) != ("position", LAST)}
