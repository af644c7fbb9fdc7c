"""Where the numbers of an experiment come from: model, data, vector and the machine, as their records say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pytest_steering.comparison import STEERED
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import where


class Fact(NamedTuple):
    """One line.

    Attributes:
        of: What it is about: `model`, `data`, `vector` or `environment`.
        name: What is said.
        value: As text.
    """

    of: str
    name: str
    value: str


def provenance_of(records: Sequence[Record]) -> tuple[Fact, ...]:
    """Return what the records of an experiment say of where it comes from; what they do not say is left out.

    Args:
        records: Of its arms.
    """
    about = next((one for one in records if one.arm == STEERED), records[0])
    facts = (*_model(about), *_data(about), *_vector(about), *environment_of(about))
    return tuple(one for one in facts if one.value not in ("", "None"))


def environment_of(record: Record) -> Iterator[Fact]:
    """Yield what a record says of the machine that made it.

    Args:
        record: Of any arm.
    """
    found = record.environment
    for name in ("device", "dtype", "engine", "machine", "numerics", "python", "commit"):
        yield Fact("environment", name, str(found.get(name, "")))
    versions: Mapping[str, Any] = found.get("versions") or {}
    yield Fact(
        "environment", "versions", ", ".join(f"{name} {one}" for name, one in sorted(versions.items()))
    )
    for name, number in record.latency.items():
        yield Fact("environment", name.replace("_", " "), "" if number is None else f"{number:.4g}")


def _model(record: Record) -> Iterator[Fact]:
    model: Mapping[str, Any] = record.spec.get("model") or {}
    for name in ("name", "family", "model_type", "num_layers", "hidden_size", "revision"):
        yield Fact("model", name.replace("_", " "), str(model.get(name, "")))
    yield Fact("model", "weights (SHA-256)", str(record.environment.get("weights", "")))


def _data(record: Record) -> Iterator[Fact]:
    data: Mapping[str, Any] = record.spec.get("data") or {}
    prompt: Mapping[str, Any] = record.spec.get("prompt") or {}
    for name in ("dataset", "split", "samples", "sha256"):
        yield Fact("data", name, str(data.get(name, "")))
    yield Fact(
        "data", "prompt", ", ".join(str(prompt[name]) for name in ("form", "rendering") if name in prompt)
    )
    yield Fact("data", "reader", str(record.spec.get("reader", "")))


def _vector(record: Record) -> Iterator[Fact]:
    intervention: Mapping[str, Any] = record.spec.get("intervention") or {}
    yield Fact("vector", "layers @ scale", where(record))
    for name in ("operation", "positions"):
        yield Fact("vector", name, str(intervention.get(name, "")))
    for number, part in enumerate(intervention.get("parts") or (), 1):
        told = ", ".join(str(part.get(name, "")) for name in ("operation", "positions", "method"))
        yield Fact("vector", f"part {number}", told)
    for name in ("method", "contrast", "dataset", "pairs", "position", "model", "sha256"):
        yield Fact("vector", name, str(record.provenance.get(name, "")))
    for layer, told in (record.provenance.get("reliability") or {}).items():
        known = {name: told[name] for name in told if name != "pairs" and told[name] is not None}
        numbers = (f"{name.replace('_', ' ')} {number:.2f}" for name, number in known.items())
        yield Fact("vector", f"pairs at block {layer}", ", ".join(numbers))
