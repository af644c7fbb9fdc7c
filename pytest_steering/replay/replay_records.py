"""Replayed cells as records, so that report and gate take them like those of a model that ran here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from pytest_steering.evaluation.metrics import score
from pytest_steering.records import Outcome, Record
from pytest_steering.replay.replay_report import Cell, ReplayedAnswer, ReplayReport

ARM = "recorded"


def replay_records(report: ReplayReport) -> Iterator[Record]:
    """Yield one record for each model, prompt and reader."""
    members: dict[Cell, list[ReplayedAnswer]] = {}
    for answer in report.answers:
        members.setdefault(answer.cell, []).append(answer)
    for cell in sorted(members):
        yield _record(report, cell, members[cell])


def _record(report: ReplayReport, cell: Cell, answers: Sequence[ReplayedAnswer]) -> Record:
    metrics = score([answer.scored for answer in answers])
    outcomes = tuple(_outcome(answer) for answer in answers)
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
        metrics=metrics.values,
        counts={"truncated": metrics.truncated, "unusable_lines": len(report.problems)},
        experiment="replay",
    )


def _outcome(answer: ReplayedAnswer) -> Outcome:
    row = answer.scored
    expected = "yes" if row.expected else "no"
    return Outcome(
        id=f"{row.id} {answer.trial}".strip(),
        expected=expected,
        predicted=row.predicted,
        correct=row.predicted == expected if row.answered else None,
        confidence=answer.confidence,
        rule=answer.rule,
        margin=row.margin,
        pair_id=row.pair_id,
        asked_cwe=row.cwe or "",
        language=row.language or "",
    )


def _data_hash(outcomes: Sequence[Outcome]) -> str:
    """Hash what was asked, not what was answered, so that another model's replay is of the same data."""
    asked = sorted(f"{one.id} {one.expected} {one.asked_cwe}" for one in outcomes)
    return hashlib.sha256("\n".join(asked).encode("utf-8", "surrogatepass")).hexdigest()
