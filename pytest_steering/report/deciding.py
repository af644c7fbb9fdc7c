"""Which experiments of a large run are shown: those that decide. The others are counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.records import Record, means_nothing
from pytest_steering.report.cell_summary import Group

MOST = 100
"""Experiments that a report shows whole; of more nobody reads the lines."""

SHOWN = 10
"""Of each kind, where there are more."""


@dataclass(frozen=True)
class Deciding:
    """What a report of a large run shows.

    Attributes:
        groups: The experiments, in the order of the run.
        texts: What is said of all of them together.
    """

    groups: list[Group]
    texts: tuple[str, ...]


def deciding(groups: Sequence[Group]) -> Deciding:
    """Return the experiments whose numbers mean nothing, and those that steering changed the most.

    Args:
        groups: Of a run.
    """
    doubtful = [one for one in groups if _doubted(one)]
    changes = [(_change(one), one) for one in groups if not _doubted(one)]
    known = sorted(((change, one) for change, one in changes if change is not None), key=lambda one: one[0])
    fell, rose = ([one for one in known if one[0] * sign > 0] for sign in (-1, 1))
    shown = {id(one) for one in (*doubtful[:SHOWN], *_groups(fell[:SHOWN]), *_groups(rose[-SHOWN:]))}
    counts = f"{len(rose):,} rose, {len(fell):,} fell and {len(known) - len(rose) - len(fell):,} stayed"
    texts = (
        f"{len(groups):,} experiments; shown are up to {SHOWN} of the {len(doubtful):,} whose numbers mean "
        f"nothing, and the {SHOWN} that fell and rose the most; pytest-steering report RUN --all shows all",
        f"the numbers that the experiments are about: {counts} under steering",
        *_findings(one for group in groups for one in group.records),
    )
    return Deciding([one for one in groups if id(one) in shown], texts)


def _doubted(group: Group) -> bool:
    invalid = any(one.failed or any(map(means_nothing, one.findings)) for one in group.records)
    return invalid or _collides(group)


def _collides(group: Group) -> bool:
    """Tell whether several records of an arm differ, so that nobody knows which of them is the cell."""
    return len({one.arm for one in group.records}) < len(group.records)


def _change(group: Group) -> float | None:
    """Return by how much the number that an experiment is about rose under steering, as its records say."""
    numbers = {one.arm: one.metrics.get(_about(one)) for one in group.records}
    before, after = numbers.get(UNSTEERED), numbers.get(STEERED)
    if before is None or after is None or not math.isfinite(after - before):
        return None
    return after - before


def _about(record: Record) -> str:
    return str(record.evidence.get("main_metric") or "accuracy")


def _groups(changes: Iterable[tuple[float, Group]]) -> list[Group]:
    return [group for _, group in changes]


def _findings(records: Iterable[Record]) -> list[str]:
    """Return how many cells each finding is about, if there are any."""
    many = Counter(str(row.get("id")) for one in records for row in one.findings)
    told = ", ".join(f"{name} ({count:,})" for name, count in many.most_common())
    return [f"cells with findings: {told}"] if told else []
