"""A baseline that was picked: who runs a cell ten times and accepts the best accepts luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pytest_steering.run_folder.looks import Result, results_of
from pytest_steering.run_folder.record_entry import outcomes_hash

if TYPE_CHECKING:
    from pytest_steering.gate.accept import Accepted
    from pytest_steering.gate.gated_cells import Measured
    from pytest_steering.run_folder.runs import Run

FEWEST = 3
"""A cell that was changed once has two results; nobody picked."""


def picked_from(run: Run) -> Callable[[Measured], str]:
    """Return what says of a cell that it is the best of several results that ledgers know of it.

    Args:
        run: The cell's; the ledgers of the runs beside it are read as well.
    """

    @cache
    def known() -> Mapping[str, Sequence[Result]]:
        # Once for all cells, and not before one is to be accepted.
        return results_of(run)

    def picked(cell: Measured) -> str:
        results = known().get(cell.record.key, ())
        own = next((one for one in results if one.outcomes == outcomes_hash(cell.record)), None)
        if own is None or own.number is None or len(results) < FEWEST:
            return ""
        numbers = [one.number for one in results if one.number is not None]
        best = {"higher": max, "lower": min}.get(cell.gated.better)
        if best and own.number != best(numbers):
            return ""
        runs = sum(one.runs for one in results)
        return f"it is the best of {len(results)} different results that {runs} runs have of this cell"

    return picked


def note_accepted(run: Run, done: Accepted, reason: str) -> None:
    """Add to the ledger of a run what was accepted of it.

    Args:
        run: The cells' own.
        done: What was written.
        reason: That a person gave.
    """
    if done.lines:
        run.note({"kind": "accepted", "lines": list(done.lines), "reason": reason.strip()})
