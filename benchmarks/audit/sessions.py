"""What is taken from other runs: edited records, another reader's verdicts, the luckiest of many looks."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

from benchmarks.audit.case import Case, Said
from benchmarks.audit.gates import each
from benchmarks.audit.held_runs import Change, accept_best, cells
from benchmarks.audit.workbench import careful, experiment
from pytest_steering import Answer, ExpectationFailed, Outcome, Record, Result
from pytest_steering.comparison import Comparison
from pytest_steering.experiments.claim_family import claims_of
from pytest_steering.run_folder.runs import Run
from pytest_steering.tasks.security.answers import readers
from pytest_steering.tasks.security.answers.text_reader import read_text

NULL_TESTS, FLIPS, RERUN_FLIPS = 40, 0.1, 0.02
LUCKY = 60
"""Seed of the first of forty tests of which one is met."""


def edited_records(folder: Path) -> Said:
    """Wrong answers of a finished run become right ones in its file, and the run is gone on with."""
    run = Run(folder / "runs" / "one")
    for record in cells():
        run.append(record)
    lines = [json.loads(line) for line in run.path.read_text(encoding="utf-8").splitlines()]
    for one in lines[1]["outcomes"]:
        one |= {"predicted": one["expected"], "correct": True}
    run.path.write_text("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines), encoding="utf-8")
    return Said(sentences=run.read().doubts)


def other_reader(_folder: Path) -> Said:
    """A run is read by one who sees *secure* everywhere, and gone on with by an honest one."""
    kept: list[Record] = []
    with mock.patch.dict(readers.READERS, text=_always_no):
        experiment(sink=kept.append).run(careful(), controls=())
        assert not _measured_again(kept), "what the same reader read is taken over"
    return Said(sentences=("measured again",) if _measured_again(kept) else ())


def _measured_again(kept: Sequence[Record]) -> bool:
    """Whether a run is made anew instead of gone on with."""
    made: list[Record] = []
    experiment(sink=made.append, finished={one.key: one for one in kept}).run(careful(), controls=())
    return bool(made)


def null_tests(_folder: Path) -> Said:
    """Forty vectors without effect are tested, and the one that came out is reported."""
    told: list[Record] = []
    met = sum(_met(_null(seed), told) for seed in range(LUCKY, LUCKY + NULL_TESTS))
    assert met, "one of them came out by chance"
    left = [one for one in claims_of(told) if one.survives]
    return Said(sentences=(f"{met} of {NULL_TESTS} claims were met, {len(left)} survive as one family",))


def best_of_ten(folder: Path) -> Said:
    """Ten reruns that differ by chance are run, and the best of them becomes the baseline."""
    return Said(sentences=accept_best(folder, [_rerun(seed) for seed in range(10)]))


def _always_no(text: str, question: str | None = None) -> Answer:
    return replace(read_text(text, question), verdict="no")


def _met(result: Result, told: list[Record]) -> bool:
    heard = replace(result, sink=told.append)
    try:
        heard.expect("accuracy").rises()
    except ExpectationFailed:
        return False
    return True


def _null(seed: int) -> Result:
    """A run in which steering flipped a tenth of the answers, for no reason."""
    unsteered, steered = cells()
    drawn = random.Random(seed)
    before = [replace(one, pair_id=None, cluster=None) for one in unsteered.outcomes]
    after = [_flipped(one) if drawn.random() < FLIPS else one for one in before]
    made = replace(steered, outcomes=tuple(after), experiment=f"null {seed}", node_id=f"null {seed}")
    return Result(Comparison.of([replace(unsteered, outcomes=tuple(before)), made]))


def _flipped(one: Outcome) -> Outcome:
    other = "no" if one.predicted == "yes" else "yes"
    return replace(one, predicted=other, correct=other == one.expected, response=f"It is {other}.")


def _rerun(seed: int) -> Change:
    """Return what a rerun differs by, where one answer in fifty flips for no reason."""
    drawn = random.Random(seed)
    return each(lambda one: _flipped(one) if drawn.random() < RERUN_FLIPS else one)


SESSIONS = (
    Case("edited records on resume", edited_records, ("is not as it was written",)),
    Case("another reader on resume", other_reader, ("measured again",)),
    Case("40 null tests", null_tests, ("0 survive as one family",)),
    Case("best of ten reruns as baseline", best_of_ten, ("it is the best of",)),
)
