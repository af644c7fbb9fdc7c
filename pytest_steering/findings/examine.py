"""All checks over one run, and the records with what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from pytest_steering.findings import (
    controls,
    data,
    outputs,
    reading,
    stability,
    vectors,
    written,
)
from pytest_steering.findings.cells import Cells
from pytest_steering.findings.finding import Finding
from pytest_steering.records import Record

Check: TypeAlias = Callable[[Cells], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    *written.CHECKS,
    *vectors.CHECKS,
    *stability.CHECKS,
    *outputs.CHECKS,
    *reading.CHECKS,
    *data.CHECKS,
    *controls.CHECKS,
)
_RANK = {"invalid": 0, "limits": 1, "note": 2}


def examine(arms: Mapping[str, Record]) -> tuple[Finding, ...]:
    """Return what is wrong with a run, the worst first.

    Args:
        arms: The run's records by arm; `unsteered` and `steered` among them.
    """
    cells = Cells(arms)
    found = [one for check in CHECKS for one in check(cells)]
    return tuple(sorted(found, key=lambda one: _RANK[one.severity]))


def with_findings(arms: Mapping[str, Record]) -> dict[str, Record]:
    """Return the records, each with the findings of its own arm."""
    found = examine(arms)
    return {
        name: replace(record, findings=tuple(one.as_dict() for one in found if one.arm == name))
        for name, record in arms.items()
    }
