"""A run that is accepted as a baseline, and what the gate says of another one beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from benchmarks.audit.case import Said
from benchmarks.audit.workbench import careful, experiment
from pytest_steering import Record
from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.experiments.baseline_expectation import baseline_expected
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.picked import picked_from
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.run_folder.runs import Run

Change: TypeAlias = Callable[[Record], Record]


@cache
def cells() -> tuple[Record, Record]:
    """Return the unsteered and the steered record of an honest run over 160 twins."""
    result = experiment(limit=160).run(careful(), controls=())
    return result[UNSTEERED].record, result[STEERED].record


def unchanged(record: Record) -> Record:
    """Return the record as it is."""
    return record


def held(folder: Path, now: Change, accepted: Change = unchanged) -> Said:
    """Accept a run, and hold another against it.

    Args:
        folder: For the baselines.
        now: Makes the steered record of the other run.
        accepted: Makes that of the accepted one.
    """
    accept_run(folder, accepted)
    return judged(folder, now)


def accept_run(folder: Path, change: Change, reason: str = "") -> tuple[str, ...]:
    """Accept a run, and return why cells of it were refused.

    Args:
        folder: For the baselines.
        change: Makes its steered record.
        reason: Why lower numbers are accepted.
    """
    wanted = Wanted(changed=True, new=True, reason=reason)
    return accept(expected_cells(_run(change)), folder, wanted, {}).refused


def accept_best(folder: Path, changes: Sequence[Change]) -> tuple[str, ...]:
    """Run the same cells several times, accept the run that is right most often, and return what refuses it.

    Args:
        folder: For the runs and the baselines.
        changes: Make the steered record of each run.
    """
    runs: dict[Run, list[Record]] = {}
    for number, change in enumerate(changes):
        run = Run(folder / "runs" / str(number))
        runs[run] = [_counted(record) for record in _run(change)]
        for record in runs[run]:
            run.append(record)
    best = max(runs, key=lambda run: runs[run][1].metrics["accuracy"] or 0.0)
    wanted = Wanted(new=True, picked=picked_from(best))
    return accept(expected_cells(runs[best]), folder / "baselines", wanted, {}).refused


def judged(folder: Path, change: Change) -> Said:
    """Hold a run against the baselines in a folder.

    Args:
        folder: Holds them.
        change: Makes its steered record.
    """
    judgement = judge(expected_cells(_run(change)), folder, required=True)
    lines = verdict_lines(judgement, lambda _record: FlippedPrompts({})) if judgement.exit_code else []
    return Said(tuple(one for _, one in judgement.findings), tuple(lines))


def _counted(record: Record) -> Record:
    """Return a record whose accuracy is that of its outcomes."""
    if not record.outcomes:
        return record
    right = sum(one.correct or False for one in record.outcomes) / len(record.outcomes)
    return replace(record, metrics={**record.metrics, "accuracy": right})


def _run(change: Change) -> Sequence[Record]:
    unsteered, steered = cells()
    made = change(steered)
    return [unsteered, made, baseline_expected(made, unsteered)]
