"""Whether a baseline and a run can both be true: the same answer has the same verdict, in both arms."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.findings import Finding, finding
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_pairing import BaselinePairing
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.records import Outcome
from pytest_steering.run_folder.shortfall import first_few

_FROM_MARGIN = ("margin", "threshold")


def contradictions(
    one: Measured, entry: Entry, cell: BaselinePairing, control: BaselinePairing
) -> Iterator[Finding]:
    """Yield why a baseline cannot be what was accepted, or not be held against this run.

    Args:
        one: The cell as it was run.
        entry: Its baseline.
        cell: Its samples beside the baseline's.
        control: Those of the unsteered control.
    """
    said = [*_edited(entry), *_control(one, entry, cell, control)]
    if said:
        yield finding("baseline-edited", "; ".join(said))
    other = [now.id for pairing in (cell, control) for now in _otherwise_read(pairing)]
    if other:
        yield finding(
            "answers-read-otherwise",
            f"{len(other)} answers are word for word those of the baseline and have another verdict: "
            f"{first_few(other)}",
            samples=other[:20],
        )


def _edited(entry: Entry) -> Iterator[str]:
    if entry.fault:
        yield entry.fault


def _control(one: Measured, entry: Entry, cell: BaselinePairing, control: BaselinePairing) -> Iterator[str]:
    """Yield what is wrong with the control alone: where data changed, both arms' samples are others."""
    if one.unsteered is None or not entry.samples:
        return
    if not entry.unsteered:
        yield "it holds no unsteered control, so nothing tells whether the environment moved"
        return
    others = {*cell.changed, *cell.unpaired}
    ids = [one for one in (*control.changed, *control.unpaired) if one not in others]
    if ids:
        yield f"the samples of its unsteered control are not this run's: {first_few(ids)}"


def _otherwise_read(pairing: BaselinePairing) -> Iterator[Outcome]:
    """Yield samples whose text alone decides the verdict, and whose text is the baseline's."""
    if pairing.gated.mean:
        return
    for before, now in pairing.same.pairs:
        by_text = now.response and not now.wanted and now.rule not in _FROM_MARGIN
        if by_text and before.response == now.response and before.predicted != now.predicted:
            yield now
