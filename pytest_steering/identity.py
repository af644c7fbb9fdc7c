"""Which cell a record is of: its key, and what stands beside the key because it decides the result.

The key says which question a test asks: experiment, model, task, form of the question, arm. What the test
answers it with (layer, scale, vector, weights) is no part of it; two records of one key are compared, and
what differs is said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError

SCORE = "score"

_CHOSEN = ("intervention", "vectors", "model", "data")

_FURTHER = ("second", "schedule", "when", "condition", "weights")
"""What an intervention is said to have only where it has it: without a word there is none."""

_USUAL_SITE = "block output"
"""Where blocks are steered whose site a spec does not name."""

_TITLES = {"layers": "layer", "weights": "layers' weights"}
"""Parts of an intervention that go by another name beside those of the model and the packages."""


def canonical(spec: Mapping[str, Any]) -> str:
    """Return a spec as text that is equal for equal specs.

    Raises:
        DataError: The spec holds a value that JSON does not know, such as NaN or a tensor.
    """
    try:
        return json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DataError(f"a cell's spec must be plain JSON with finite numbers: {error}") from error


def spec_key(spec: Mapping[str, Any]) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a canonical spec."""
    return hashlib.sha256(canonical(spec).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def named_with_parameters(name: str, node_id: str, model: str, engine: str) -> str:
    """Return a test's name with its parameters but for the model and engine, which the plugin gives it.

    Args:
        name: Of the test's function.
        node_id: Of the test.
        model: Name of the model that it runs on.
        engine: Name of the engine; empty where the test is not run on several.
    """
    _, found, parameters = node_id.partition(f"::{name}[")
    own = f"-{parameters[:-1]}-"
    both = [f"-{model}-{engine}-"] if engine else []
    given = next((one for one in (*both, f"-{model}-") if one in own), "-")
    rest = own.replace(given, "-", 1)[1:-1]
    return f"{name}[{rest}]" if found and rest else name


def experiment_id(experiment: str, node_id: str) -> str:
    """Return a name that no other experiment has: where the test stands, and its name with its parameters.

    Args:
        experiment: The test's name with its parameters.
        node_id: Of the test; empty for an experiment without pytest, whose name is all there is.
    """
    bare = experiment.partition("[")[0]
    where, _, _ = node_id.partition(f"::{bare}")
    return f"{where}::{experiment}" if where else experiment


def question_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a spec that is the same whatever the experiment chose.

    Of a scored cell that leaves out the intervention; a point of a search and the like *is* its intervention,
    and a calibrated arm its calibration.

    Args:
        spec: What was asked for.
    """
    intervention = spec.get("intervention") or {}
    scored = spec.get("purpose") == SCORE
    point = intervention.get("calibration") if scored else intervention
    return {
        **{name: value for name, value in spec.items() if name not in _CHOSEN},
        "model": (spec.get("model") or {}).get("name", ""),
        "data": {name: value for name, value in (spec.get("data") or {}).items() if name != "sha256"},
        "point": point or None,
    }


def decided_by(
    spec: Mapping[str, Any], provenance: Mapping[str, Any], surroundings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what decides a cell's result beside its key, by the name that a person knows it by.

    Args:
        spec: What was asked for.
        provenance: Hash of the vector, whether it was forced, the source of what chooses positions and
            of an operation that is not ours.
        surroundings: Weights, numerics profile, the reader's source and versions of packages.
    """
    said = dict(spec.get("intervention") or {})
    origin = {f"vectors' {name}": value for name, value in (spec.get("vectors") or {}).items()}
    found = {
        **_done(said, provenance),
        **_parts(said.get("parts"), provenance.get("parts")),
        **origin,
        "site": (spec.get("model") or {}).get("site", _USUAL_SITE),
        "data": (spec.get("data") or {}).get("sha256"),
        "weights": surroundings.get("weights"),
        "numerics": surroundings.get("numerics"),
        "reader's source": surroundings.get("reader"),
        **(surroundings.get("versions") or {}),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _done(intervention: Mapping[str, Any], provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides what an intervention, or a part of one, does."""
    said = {name: value for name, value in intervention.items() if name != "parts"}
    layers = {"layers": said.pop("layers")} if "layers" in said else {}
    chosen = layers | said | {name: "none" for name in _FURTHER if "operation" in said and name not in said}
    return {
        **{_TITLES.get(name, name): value for name, value in chosen.items()},
        "vector": provenance.get("sha256"),
        "forced": provenance.get("forced", False),
        "positions' source": provenance.get("chooser"),
        "operation's source": provenance.get("operation"),
    }


def _parts(parts: object, provenances: object) -> dict[str, Any]:
    """Return the same of the parts of a joint intervention, each under its number."""
    if not isinstance(parts, list):
        return {}
    told = [*provenances, *({},) * len(parts)] if isinstance(provenances, list) else [{}] * len(parts)
    each = {
        f"{name} of part {number}": value
        for number, (part, provenance) in enumerate(zip(parts, told, strict=False), 1)
        for name, value in _done(part, provenance).items()
    }
    return {"parts": len(parts), **each}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what differs, such as `layer 1 → 2`; what one of the two does not know is passed over.

    Args:
        before: What decided one record.
        now: What decided the other.
    """
    both = [name for name in now if name in before]
    return [
        f"{name} {_shown(before[name])} → {_shown(now[name])}" for name in both if before[name] != now[name]
    ]


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ",".join(map(_shown, value))
    text = str(value)
    return text[:8] if len(text) >= 16 and set(text) <= set("0123456789abcdef") else text
