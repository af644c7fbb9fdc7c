"""All checks over one run, and the records with what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from pytest_steering.comparison import Comparison
from pytest_steering.findings import (
    control_checks,
    data_checks,
    explanation_checks,
    margin_checks,
    option_checks,
    output_checks,
    reach_checks,
    reader_checks,
    rival_checks,
    side_effect_checks,
    stability_checks,
    text_checks,
    vector_checks,
    write_checks,
)
from pytest_steering.findings.finding import Finding
from pytest_steering.records import Record

Check: TypeAlias = Callable[[Comparison], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    *write_checks.CHECKS,
    *reach_checks.CHECKS,
    *vector_checks.CHECKS,
    *stability_checks.CHECKS,
    *output_checks.CHECKS,
    *text_checks.CHECKS,
    *reader_checks.CHECKS,
    *option_checks.CHECKS,
    *margin_checks.CHECKS,
    *data_checks.CHECKS,
    *control_checks.CHECKS,
    *side_effect_checks.CHECKS,
    *explanation_checks.CHECKS,
    *rival_checks.CHECKS,
)
_RANK = {"invalid": 0, "limits": 1, "note": 2}


def examine(run: Comparison) -> tuple[Finding, ...]:
    """Return what is wrong with a run, the worst first.

    Args:
        run: Its arms; `unsteered` and `steered` among them.
    """
    found = [one for check in CHECKS for one in check(run)]
    return tuple(sorted(found, key=lambda one: _RANK[one.severity]))


def with_findings(records: Iterable[Record]) -> dict[str, Record]:
    """Return the records of a run by arm, each with the findings of its own arm."""
    run = Comparison.of(records)
    found = examine(run)
    return {
        name: replace(arm.record, findings=tuple(one.as_dict() for one in found if one.arm == name))
        for name, arm in run.arms.items()
    }
