"""What the records of a whole run show, and those of one experiment do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pytest_steering.comparison import STEERED
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.identity import SCORE
from pytest_steering.records import Record

NAMED = 3


def across(records: Iterable[Record]) -> list[Record]:
    """Return the records of a run, the steered ones with what other experiments had to do with their samples.

    Whatever the order is in which the experiments ran, the same is found.

    Args:
        records: All of the run.
    """
    run = list(records)
    searches = [one for one in run if one.spec.get("purpose") == "search" and one.evidence.get("texts")]
    return [_told(one, searches) for one in run]


def _told(record: Record, searches: Sequence[Record]) -> Record:
    if record.arm != STEERED or record.spec.get("purpose") != SCORE:
        return record
    found = tuple(one.as_dict() for one in _searched_elsewhere(record, searches))
    return replace(record, findings=(*record.findings, *found))


def _searched_elsewhere(record: Record, searches: Sequence[Record]) -> Iterator[Finding]:
    scored = set(record.evidence.get("texts") or ())
    common = {
        one.experiment_id: scored.intersection(one.evidence["texts"])
        for one in searches
        if one.experiment_id != record.experiment_id and scored.intersection(one.evidence["texts"])
    }
    if common:
        seen = set().union(*common.values())
        names = [*list(common)[:NAMED], *([f"{len(common) - NAMED} more"] if len(common) > NAMED else [])]
        yield finding(
            "searched-elsewhere",
            f"{len(seen)} of {len(scored)} scored samples were searched by {', '.join(names)}",
            samples=len(seen),
            experiments=list(common),
        )
