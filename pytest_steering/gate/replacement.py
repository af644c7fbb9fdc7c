"""A cell that is to take the place of an accepted one: why it may not, and what is kept of the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.mean_text import digits_of, number_text
from pytest_steering.comparison.metrics import metric
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_files import Place
from pytest_steering.gate.baseline_samples import numbers
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.held_cells import invalid

SAY_WHY = 'say why with --steering-reason "…" to accept it'


@dataclass(frozen=True)
class Replacement:
    """A cell that is to be accepted.

    Attributes:
        measured: As it was run.
        place: Where it goes.
        standing: The accepted cell of its key; None where it is new.
        before: What its number is held against: that cell, or one that a new cell takes the place of.
        worse: Whether the gate calls it a regression.
    """

    measured: Measured
    place: Place
    standing: Place | None
    before: Entry | None
    worse: bool

    def fault(self, reason: str) -> str:
        """Return why the cell is not accepted; empty where it is.

        Args:
            reason: That a person gives for a lower number.
        """
        now, before = self.place.entry, self.before
        wrong = [found.id for found in invalid(self.measured)]
        if wrong:
            return f"the cell means nothing ({', '.join(wrong)}), so it cannot be a baseline"
        if now.gated.mean and now.number is None:
            return f"no answer has a {now.gated.name}, so there is nothing to hold the next run against"
        if before is None or reason.strip() or not self._asks_why:
            return ""
        if before.fault:
            return f"its baseline was edited ({before.fault}); {SAY_WHY}"
        if _dropped(before, now):
            return f"{_title(now)} from {shown(before)} to {shown(now)}; {SAY_WHY}"
        return f"the gate calls it a regression; {SAY_WHY}"

    def accepted(self, reason: str) -> Entry:
        """Return the entry to be written, sealed, with all reasons so far.

        Args:
            reason: That a person gives; kept where one was needed.
        """
        now, before = self.place.entry, self.before
        if before is None:
            return now.sealed
        why = [f"{shown(before)} → {shown(now)}: {reason.strip()}"] if self._asks_why else []
        return replace(now, reasons=(*before.reasons, *why)).sealed

    @property
    def _asks_why(self) -> bool:
        before = self.before
        return before is not None and (self.worse or bool(before.fault) or _dropped(before, self.place.entry))


def same_cell(before: Entry, now: Entry) -> bool:
    """Tell whether an accepted cell says the same already, and is sealed."""
    same = replace(before, reasons=(), digest={}) == replace(now, reasons=())
    return same and not before.fault and bool(before.digest)


def shown(entry: Entry | None) -> str:
    """Return what a person is told of an accepted cell's number."""
    if entry is None:
        return "none"
    samples, known = len(entry.samples), numbers(entry.samples, entry.gated)
    if not entry.gated.mean:
        return f"{entry.number or 0.0:.3f} (n = {samples})"
    of = "" if len(known) == samples else f" of {samples}"
    mean = "none" if entry.number is None else number_text(entry.number, digits_of(known))
    return f"{entry.gated.name} {mean} (n = {len(known)}{of})"


def _title(now: Entry) -> str:
    return "it gets worse," if now.gated.mean else f"{metric(ACCURACY).title} falls"


def _dropped(before: Entry, now: Entry) -> bool:
    """Tell whether a number got worse, or fewer samples have one; where no way is better, any change is."""
    first, second = before.number or 0.0, now.number or 0.0
    worse = {"higher": second < first, "lower": second > first, "neither": second != first}
    return worse[now.gated.better] or now.scored_share < before.scored_share
