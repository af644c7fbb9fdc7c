"""What a vector's file says: format, layers, site, norms, dose, where it comes from, what to beware of."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, VectorError
from pytest_steering.printable import printable, say

if TYPE_CHECKING:
    from pytest_steering.steering.vector import SteeringVector

_ROWS = 12


def show(path: Path, hints: Mapping[str, Any], model: str | None, *, as_json: bool) -> int:
    """Print what a file says.

    Args:
        path: Of the vector.
        hints: As `SteeringVector.load` takes them.
        model: Name, path or hub id of the model it is for.
        as_json: Whether one JSON object is printed.

    Returns:
        0; 1 where the vector does not fit the model.
    """
    found = described(path, hints, model)
    say([json.dumps(found, ensure_ascii=True)] if as_json else _lines(path, found))
    return 1 if found["misfit"] else 0


def described(path: Path, hints: Mapping[str, Any], model: str | None) -> dict[str, Any]:
    """Return what a file says, as plain data."""
    from pytest_steering.steering.vector import SteeringVector

    with _warnings() as notes:
        vector = SteeringVector.load(path, **hints)
    dose, misfit = _dose(vector, model) if model else (None, None)
    return {
        "format": vector.provenance.get("format", "pytest-steering"),
        "method": vector.method,
        "layers": list(vector.layers),
        "hidden_size": vector.hidden_size,
        "site": vector.site,
        "norms": {str(layer): norm for layer, norm in vector.norms.items()},
        "relative_dose": dose,
        "reliability": {str(layer): one.as_dict() for layer, one in vector.reliability.items()},
        "sha256": vector.sha256,
        "origin": "known" if vector.sources.known else "unknown",
        "texts": len(vector.sources.read.prints),
        "provenance": dict(vector.provenance),
        "warnings": [_without(path, note) for note in notes],
        "misfit": misfit,
    }


def _dose(vector: SteeringVector, name: str) -> tuple[dict[str, float] | None, str | None]:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.dosage import require_fit

    loaded = SteerableModel.load(name)
    try:
        model = loaded.at(vector.site)
        require_fit(vector, model)
    except (ModelError, VectorError) as error:
        return None, str(error)
    return {str(layer): dose for layer, dose in vector.relative_dose(model).items() if isfinite(dose)}, None


def _lines(path: Path, found: Mapping[str, Any]) -> Iterator[str]:
    method = printable(found["method"], 60)
    yield f"{printable(str(path), 120)}: {printable(found['format'], 80)}"
    yield f"  method      {method}"
    yield f"  layers      {_short(found['layers'])} ({len(found['layers'])}), {found['hidden_size']} wide"
    yield f"  site        {printable(found['site'], 60)}"
    dose = found["relative_dose"] or {}
    agree = {layer: one["agreement"] for layer, one in found["reliability"].items()}
    yield "  layer       norm" + ("  relative dose" if dose else "") + ("  pairs agree" if agree else "")
    rows = list(found["norms"].items())
    for layer, norm in rows[:_ROWS]:
        added = f" {dose[layer]:>14.3f}" if layer in dose else ""
        agreed = f" {agree[layer]:>12.2f}" if agree.get(layer) is not None else ""
        yield f"  {layer:>5} {norm:>10.4g}{added}{agreed}"
    if len(rows) > _ROWS:
        yield f"  … and {len(rows) - _ROWS} more layers"
    yield f"  origin      {found['origin']}" + (f", {found['texts']} texts" if found["texts"] else "")
    for name, said in found["provenance"].items():
        if name not in ("format", "site"):
            yield f"  {printable(name, 20):<11} {printable(said, 120)}"
    yield f"  sha256      {found['sha256'][:16]}"
    for note in found["warnings"]:
        yield f"  beware: {printable(note, 400)}"
    if found["misfit"]:
        yield f"  does not fit: {printable(found['misfit'], 400)}"


def _short(layers: list[int]) -> str:
    listed = list(map(str, layers))
    return ", ".join(listed if len(listed) <= _ROWS else [*listed[:4], "…", listed[-1]])


def _without(path: Path, note: str) -> str:
    return note.removeprefix(f"{path}: ")


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what is warned of, which is shown here and need not be logged too."""
    log, notes = logging.getLogger("pytest_steering"), list[str]()

    def note(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            notes.append(record.getMessage())
        return False

    log.addFilter(note)
    try:
        yield notes
    finally:
        log.removeFilter(note)
