"""The effect of each experiment of a run in numbers: what a continuous integration service is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from pytest_steering.comparison import STEERED, Arm, Estimate, estimated_change
from pytest_steering.errors import DataError
from pytest_steering.findings import across
from pytest_steering.records import Record, means_nothing
from pytest_steering.report.cell_summary import Group, scored_groups, where


@dataclass(frozen=True)
class Effect:
    """One steered arm beside the unsteered one.

    Attributes:
        node_id: The test.
        model: The model's name.
        experiment: The test's name.
        conditions: Data set, split and question form.
        at: Layers and scale.
        metric: The number that the run is about.
        before: That number unsteered; None where it is undefined.
        after: That number steered.
        change: After − before over the paired samples; undefined where no effect can be told.
        verdict: `invalid`, `higher`, `lower`, `no effect shown` or `undefined`.
        findings: Ids by severity, such as `limits: random-as-large`, the gravest first.
    """

    node_id: str
    model: str
    experiment: str
    conditions: str
    at: str
    metric: str
    before: float | None
    after: float | None
    change: Estimate | None
    verdict: str
    findings: tuple[str, ...]

    @property
    def interval(self) -> str:
        """The change with its 95 % interval such as `+0.32 [+0.20, +0.45]`, else its verdict."""
        found = self.change
        return f"{found.number:+.3g} [{found.low:+.3g}, {found.high:+.3g}]" if found else self.verdict


def effects_of(records: Iterable[Record]) -> Iterator[Effect]:
    """Yield the effect of each steered arm.

    Args:
        records: Of a run, in the order they were written.
    """
    for group in scored_groups(across(records)):
        yield from (_effect(group, arm) for arm in group.arms if arm.name == STEERED)


def _effect(group: Group, arm: Arm) -> Effect:
    change = change_of(arm)
    unsteered = next((one for one in group.arms if one.record is arm.beside), None)
    return Effect(
        arm.record.node_id,
        group.model,
        group.experiment,
        group.conditions,
        where(arm.record),
        arm.main_metric,
        _number(unsteered, arm.main_metric),
        _number(arm, arm.main_metric),
        change,
        _verdict(arm, change),
        tuple(_findings(arm.record)),
    )


def _number(arm: Arm | None, metric: str) -> float | None:
    with suppress(DataError):
        return arm[metric] if arm else None
    return None


def change_of(arm: Arm) -> Estimate | None:
    """Return how far an arm moved the number that it is about; None where no change can be told.

    Args:
        arm: Beside the unsteered one.
    """
    if arm.invalid:
        return None
    beside = arm.facts.beside
    with suppress(DataError):
        found = estimated_change(beside, arm.main_metric) if beside and beside.pairs else None
        return found if found and found.value is not None else None
    return None


def _verdict(arm: Arm, change: Estimate | None) -> str:
    if arm.invalid or change is None:
        return "invalid" if arm.invalid else "undefined"
    return "higher" if change.low > 0 else "lower" if change.high < 0 else "no effect shown"


def _findings(record: Record) -> list[str]:
    ranked = sorted(record.findings, key=lambda one: (not means_nothing(one), one.get("severity") == "note"))
    return [f"{one.get('severity', 'note')}: {one.get('id')}" for one in ranked]
