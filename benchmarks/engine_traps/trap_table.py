"""The table of engines and traps, from what was run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.engine_traps.engines_tried import NOT_TRIED, TRIED
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.trap_verdict import FAILED, NOT_OFFERED, PASSED

RESULTS = Path(__file__).parent / "results"

SHOWN = {PASSED: "–", FAILED: "**falls in**", NOT_OFFERED: "n/a"}


def trap_table() -> str:
    """Return the table, and below it each fault and what was not tried."""
    found = {name: _read(name) for name in TRIED if (RESULTS / f"{name}.json").is_file()}
    return "\n".join([*_table(found), "", *_runs(found), "", *_faults(found), "", *_not_tried()])


def _read(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return result


def _table(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"| trap | {' | '.join(found)} |"
    yield "|---|" + "---|" * len(found)
    for trap in TRAPS:
        cells = (result["traps"].get(trap.name) for result in found.values())
        shown = ("" if cell is None else SHOWN.get(cell["outcome"], cell["outcome"]) for cell in cells)
        yield f"| {trap.name}: {trap.fault} | {' | '.join(shown)} |"


def _runs(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "–: does not fall in; n/a: not offered; empty: not run. Each was run on the CPU in float32:"
    yield ""
    for name, result in found.items():
        versions = ", ".join(f"{package} {number}" for package, number in result["versions"].items())
        note = f"; {TRIED[name].note}" if TRIED[name].note else ""
        yield f"- {name} on {result['model']}: {versions}{note}"


def _faults(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "| engine | trap | what was seen |"
    yield "|---|---|---|"
    for name, result in found.items():
        for trap, cell in result["traps"].items():
            if cell["outcome"] != PASSED:
                yield f"| {name} | {trap} | {cell['outcome']}: {cell['reason']} |"


def _not_tried() -> Iterator[str]:
    yield "Not tried:"
    yield ""
    yield from (f"- {name}: {reason}" for name, reason in NOT_TRIED.items())
