"""The cells that keep a run from passing, each with the sentences that say why."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pytest_steering.gate.cell_text import decision_text
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gate_verdict import CellDecision
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.sample_text import sample_lines
from pytest_steering.printable import printable
from pytest_steering.records import Record

T = TypeVar("T")

Prompts = Callable[[Record], FlippedPrompts]


@dataclass(frozen=True)
class FailedCell:
    """A cell that keeps a run from passing.

    Attributes:
        measured: The cell.
        lines: Why.
    """

    measured: Measured
    lines: tuple[str, ...]


def failed_cells(judgement: Judgement, prompts: Prompts, most: int | None = None) -> list[FailedCell]:
    """Return what regressed, then what cannot be told, then what cannot be measured.

    Args:
        judgement: Of a run.
        prompts: Gives the prompts of a cell, as far as they are at hand.
        most: So many of each, the gravest; None for all.
    """
    return [
        *_regressed(judgement, prompts, most),
        *_unsettled(judgement, most),
        *_unmeasurable(judgement, most),
    ]


def by_test(failed: Sequence[FailedCell]) -> dict[str, list[str]]:
    """Return the lines of failed cells by the id of the test that measured them; the gravest go first."""
    found: dict[str, list[str]] = {}
    for one in failed:
        found.setdefault(one.measured.node_id, []).extend(one.lines)
    return found


def cell_name(record: Record) -> str:
    """Return what a person knows a cell by."""
    numerics = record.environment.get("numerics", "")
    arm = "" if record.arm == "steered" else f", {record.arm}"
    return printable(f"{record.experiment} on {record.model} ({numerics}{arm})", 120)


def _gravest(every: Sequence[T], most: int | None, gravity: Callable[[T], float]) -> Sequence[T]:
    """Return the gravest of many, and few as they stand."""
    return every if most is None or len(every) <= most else sorted(every, key=gravity, reverse=True)[:most]


def _regressed(judgement: Judgement, prompts: Prompts, most: int | None) -> Iterator[FailedCell]:
    found: dict[str, list[CellDecision]] = {}
    for one in judgement.regressed:
        found.setdefault(one.cell.key, []).append(one)
    for key, (first, *others) in _gravest(
        list(found.items()), most, lambda one: -min(each.p for each in one[1])
    ):
        compared = judgement.compared[key]
        measured, pairing = compared.measured, compared.pairing
        said = f"regressed: {cell_name(measured.record)}: {decision_text(first, pairing)}"
        samples = sample_lines(pairing, first.cell.of, prompts(measured.record))
        beside = (f"  and {decision_text(other, pairing)}" for other in others)
        again = [f"  run it again: pytest {shlex.quote(measured.node_id)}"] if measured.node_id else []
        yield FailedCell(measured, (said, *samples, *beside, *again))


def _unsettled(judgement: Judgement, most: int | None) -> Iterator[FailedCell]:
    for one in _gravest(judgement.unsettled, most, lambda one: one.bound):
        compared = judgement.compared[one.cell.key]
        needed = f"about {one.settles_at} samples would settle it" if one.settles_at else _TOO_CLOSE
        said = decision_text(one, compared.pairing)
        line = f"cannot tell: {cell_name(compared.measured.record)}: {said}; {needed}"
        yield FailedCell(compared.measured, (line,))


def _unmeasurable(judgement: Judgement, most: int | None) -> Iterator[FailedCell]:
    for measured, one in judgement.findings[:most]:
        line = f"{one.id}: {cell_name(measured.record)}: {one.sentence}. {one.kind.advice}"
        yield FailedCell(measured, (line,))


_TOO_CLOSE = "too close to the margin"
