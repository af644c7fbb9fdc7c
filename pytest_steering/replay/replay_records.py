"""Replayed cells as records, so that report and gate take them like those of a model that ran here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import numbers
from pytest_steering.records import Outcome, Record
from pytest_steering.replay.replay_report import Cell, ReplayedAnswer, ReplayReport

ARM = "recorded"


def replay_records(report: ReplayReport) -> Iterator[Record]:
    """Yield one record for each model, prompt and reader."""
    for cell, answers in report.cells().items():
        yield _record(report, cell, answers)


def _record(report: ReplayReport, cell: Cell, answers: Sequence[ReplayedAnswer]) -> Record:
    outcomes = tuple(_named_by_trial(answer) for answer in answers)
    return Record(
        spec={
            "purpose": "score",
            "model": {"name": cell.model or "unnamed"},
            "data": {"dataset": report.path.name, "samples": len(outcomes), "sha256": _data_hash(outcomes)},
            "prompt": {"form": cell.prompt},
            "reader": cell.reader,
            "intervention": None,
        },
        arm=ARM,
        outcomes=outcomes,
        metrics=numbers(Facts(outcomes)),
        counts={
            "truncated": sum(answer.truncated for answer in answers),
            "unusable_lines": len(report.problems),
        },
        experiment="replay",
    )


def _named_by_trial(answer: ReplayedAnswer) -> Outcome:
    return replace(answer.outcome, id=f"{answer.outcome.id} {answer.trial}".strip())


def _data_hash(outcomes: Sequence[Outcome]) -> str:
    """Hash what was asked, not what was answered, so that another model's replay is of the same data."""
    asked = sorted(f"{one.id} {one.expected} {one.group}" for one in outcomes)
    return hashlib.sha256("\n".join(asked).encode("utf-8", "surrogatepass")).hexdigest()
