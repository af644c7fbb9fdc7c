"""The columns of the closing table: what each says of a cell, and which give way on a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.printable import printable
from pytest_steering.report.cells import Group, invalid, metrics_of, pairs, ran, where

if TYPE_CHECKING:
    from pytest_steering.evaluation.metrics import Metrics
    from pytest_steering.records import Record

NONE = "–"


@dataclass(frozen=True)
class Cell:
    """A record among the arms it is compared with."""

    record: Record
    group: Group

    @cached_property
    def metrics(self) -> Metrics:
        """The numbers of the samples that were run."""
        return metrics_of(ran(self.record))

    @cached_property
    def right(self) -> int:
        """How many samples were answered rightly."""
        return sum(outcome.correct is True for outcome in ran(self.record))

    @cached_property
    def changes(self) -> tuple[int, int, int]:
        """Of the samples run here and unsteered: how many broke, were fixed, and are compared at all."""
        before = self.group.unsteered
        if before is None or before is self.record or invalid(self.record):
            return 0, 0, 0
        both = pairs(before, self.record)
        broken = sum(one.correct is True and other.correct is not True for one, other in both)
        fixed = sum(one.correct is not True and other.correct is True for one, other in both)
        return broken, fixed, len(both)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: At its head.
        short: At its head where the terminal is narrow.
        text: What it says of a cell.
        spare: The higher, the sooner it gives way on a narrow terminal; 0 stays.
    """

    title: str
    short: str
    text: Callable[[Cell], str]
    spare: int = 0


def _skipped(cell: Cell) -> str:
    return str(len(cell.record.outcomes) - len(ran(cell.record)))


def _metric(name: str) -> Callable[[Cell], str]:
    return lambda cell: _share(cell.metrics[name])


def _accuracy(cell: Cell) -> str:
    from pytest_steering.statistics import wilson

    samples = len(ran(cell.record))
    if not samples:
        return NONE
    low, high = wilson(cell.right, samples)
    return f"{cell.right / samples:.2f} [{low:.2f}, {high:.2f}]"


def _change(cell: Cell) -> str:
    if invalid(cell.record):
        return "invalid"
    broken, fixed, samples = cell.changes
    return f"{(fixed - broken) / samples:+.2f}" if samples else ""


def _p(cell: Cell) -> str:
    from pytest_steering.statistics import mcnemar

    broken, fixed, samples = cell.changes
    if not samples:
        return ""
    p = mcnemar(broken, fixed)
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


COLUMNS = (
    Column("arm", "arm", lambda cell: printable(cell.record.arm, 24)),
    Column("at", "at", lambda cell: where(cell.record)),
    Column("n", "n", lambda cell: str(len(ran(cell.record)))),
    Column("skipped", "skip", _skipped, 5),
    # These four stay together: accuracy alone cannot tell "always yes" from a coin or from a broken reader.
    Column("answered", "ans", _metric("answered_share")),
    Column("accuracy [95 %]", "acc [95 %]", _accuracy),
    Column("balanced", "bal", _metric("balanced_accuracy")),
    Column("yes-rate", "yes", _metric("yes_rate")),
    Column("TNR", "TNR", _metric("tnr"), 9),
    Column("MCC", "MCC", _metric("mcc"), 7),
    Column("AUROC", "AUC", _metric("auroc"), 6),
    Column("Δ accuracy", "Δ acc", _change, 4),
    Column("p", "p", _p, 3),
)
