"""All numbers of one cell, and the same numbers by group and for predictors that know nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.errors import DataError
from pytest_steering.evaluation.metrics.confusion import Confusion, constant_predictor
from pytest_steering.evaluation.metrics.detection import d_a
from pytest_steering.evaluation.metrics.measures import MEASURES, Facts
from pytest_steering.evaluation.metrics.pairs import Pairs
from pytest_steering.evaluation.metrics.ranking import Interval, ranking_intervals
from pytest_steering.evaluation.metrics.scored import Scored

GROUPS = ("cwe", "difficulty", "language", "augmentation", "subset")
RESAMPLES = 1000


@dataclass(frozen=True)
class Metrics:
    """The numbers of one cell.

    Attributes:
        values: Every measure by name, the answered share first; None where it is undefined.
        undefined: For each None in `values`, why.
        intervals: 95 % intervals of `auroc`, `average_precision` and `d_a`, where they exist.
        confusion: Counts of answers by label.
        pairs: Counts of twin pairs by their two answers.
        truncated: Samples whose prompt had to be cut short.
        constant: `always yes`, `always no` or `never answers` for a predictor that does nothing else.
    """

    values: Mapping[str, float | None]
    undefined: Mapping[str, str]
    intervals: Mapping[str, Interval]
    confusion: Confusion
    pairs: Pairs
    truncated: int
    constant: str | None

    def __getitem__(self, name: str) -> float | None:
        if name not in self.values:
            raise DataError(f"no metric is named {name!r}; known are {', '.join(self.values)}")
        return self.values[name]


def score(rows: Sequence[Scored], *, resamples: int = RESAMPLES, seed: int = 0) -> Metrics:
    """Return all numbers of one cell.

    Args:
        rows: One row a sample, in any order: the result does not depend on it.
        resamples: Bootstrap resamples for the intervals; 0 for none.
        seed: Of the bootstrap.
    """
    facts = Facts(rows)
    values = {measure.name: measure.value(facts) for measure in MEASURES}
    return Metrics(
        values=values,
        undefined={one.name: one.why(facts) for one in MEASURES if values[one.name] is None},
        intervals=_intervals(facts, resamples, seed),
        confusion=facts.confusion,
        pairs=facts.pairs,
        truncated=sum(row.truncated for row in rows),
        constant=constant_predictor(facts.confusion),
    )


def score_by(rows: Sequence[Scored], group: str) -> dict[str, Metrics]:
    """Return the numbers of each value of a group, without intervals; rows without that group are left out.

    Args:
        rows: One row a sample.
        group: One of `GROUPS`.

    Raises:
        DataError: There is no such group.
    """
    if group not in GROUPS:
        raise DataError(f"no group is named {group!r}; known are {', '.join(GROUPS)}")
    members: dict[str, list[Scored]] = {}
    for row in rows:
        if getattr(row, group) is not None:
            members.setdefault(getattr(row, group), []).append(row)
    return {name: score(members[name], resamples=0) for name in sorted(members, key=_numbers_in_order)}


def _intervals(facts: Facts, resamples: int, seed: int) -> dict[str, Interval]:
    if facts.area is None:
        return {}
    area, precision = ranking_intervals(facts.rows, resamples, seed)
    found = {"auroc": area, "average_precision": precision, "d_a": _through_d_a(area)}
    return {name: interval for name, interval in found.items() if interval is not None}


def _through_d_a(area: Interval | None) -> Interval | None:
    """Return the interval of d_a: it grows with AUROC, so the ends go over one by one; None at 0 or 1."""
    if area is None:
        return None
    low, high = d_a(area.low), d_a(area.high)
    return None if low is None or high is None else Interval(low, high, area.confidence, area.resamples)


def _numbers_in_order(name: str) -> tuple[str, int, str]:
    head = name.rstrip("0123456789")
    return head, int(name[len(head) :] or 0), name
