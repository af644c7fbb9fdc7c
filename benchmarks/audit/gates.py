"""What got worse, and a baseline that hides it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.audit.case import Case, Said
from benchmarks.audit.held_runs import Change, accept_run, held, judged, unchanged
from pytest_steering import Outcome, Record

OTHER = {"yes": "no", "no": "yes"}


def each(change: Callable[[Outcome], Outcome]) -> Change:
    """Return what changes every outcome of a record.

    Args:
        change: Of one outcome.
    """
    return lambda record: replace(record, outcomes=tuple(map(change, record.outcomes)))


def reversed_at_ties(folder: Path) -> Said:
    """Every verdict is reversed, and every answer has a near-tie behind its verdict."""
    return held(folder, each(lambda one: _tied(_turned(one))), each(_tied))


def ranking_lost(folder: Path) -> Said:
    """The texts say what they said, and the margins are those of other samples."""
    return held(folder, _margins_exchanged)


def verdicts_withheld(folder: Path) -> Said:
    """Half of what was wrong is answered no more, so that accuracy is what it was."""
    return held(folder, each(_withheld), each(_all_yes))


def one_weakness_broken(folder: Path) -> Said:
    """Of one weakness no answer is right any more."""
    return held(folder, lambda record: _broken_in(record, record.outcomes[0].group), each(_as_said))


def baseline_by_hand(folder: Path) -> Said:
    """Verdicts of the accepted baseline are turned round, so that whatever comes is no worse."""
    accept_run(folder, unchanged)
    for file in folder.glob("*/*.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(json.dumps(_edited(json.loads(text))), encoding="utf-8")
    return judged(folder, each(_turned))


def lower_accepted(folder: Path) -> Said:
    """A lower cell is accepted in passing."""
    accept_run(folder, unchanged)
    return Said(sentences=accept_run(folder, each(_turned)))


def _turned(one: Outcome) -> Outcome:
    return _saying(one, OTHER[one.predicted])


def _as_said(one: Outcome) -> Outcome:
    return _saying(one, one.predicted)


def _tied(one: Outcome) -> Outcome:
    return replace(_as_said(one), tied_at=4)


def _all_yes(one: Outcome) -> Outcome:
    return _saying(one, "yes")


def _saying(one: Outcome, verdict: str) -> Outcome:
    text = {"yes": "It is vulnerable.", "no": "It is secure.", "none": "It is code."}[verdict]
    right = None if verdict == "none" else verdict == one.expected
    return replace(one, predicted=verdict, correct=right, response=text, tokens_sha256=text)


def _withheld(one: Outcome) -> Outcome:
    said = _all_yes(one)
    hidden = not said.correct and int(one.prompt_sha256, 16) % 2
    return _saying(one, "none") if hidden else said


def _margins_exchanged(record: Record) -> Record:
    margins = [one.margin for one in record.outcomes]
    random.Random(0).shuffle(margins)
    outcomes = (replace(one, margin=margin) for one, margin in zip(record.outcomes, margins, strict=True))
    return replace(record, outcomes=tuple(outcomes))


def _broken_in(record: Record, group: str) -> Record:
    return each(lambda one: _turned(one) if one.group == group and one.correct else one)(record)


def _edited(value: Any) -> Any:
    """Return what a baseline holds with every verdict turned round."""
    if isinstance(value, dict):
        return {name: _edited(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_edited(one) for one in value]
    return OTHER.get(value, value) if isinstance(value, str) else value


GATES = (
    Case("verdicts reversed at near-ties", reversed_at_ties, ("regressed",)),
    Case("the ranking is lost", ranking_lost, ("AUROC",)),
    Case("verdicts withheld", verdicts_withheld, ("answers:",)),
    Case("one weakness broken", one_weakness_broken, ("right in CWE",)),
    Case("a baseline edited by hand", baseline_by_hand, ("by hand", "edited", "digest")),
    Case("a lower cell accepted", lower_accepted, ("reason",)),
)
