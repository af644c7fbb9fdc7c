"""The gate's verdict in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.counted import counted, have
from pytest_steering.gate.failed_cells import FailedCell, Prompts, cell_name, failed_cells
from pytest_steering.gate.judgement import Judgement
from pytest_steering.printable import printable

_VERDICTS = {
    "pass": "pass",
    "regression": "regression",
    "inconclusive": "cannot tell",
    "unmeasurable": "cannot be measured",
}


MOST = 40
"""Cells of each kind that a command lists; of a run of many thousand nobody reads more."""


def verdict_lines(judgement: Judgement, prompts: Prompts, most: int | None = None) -> list[str]:
    """Return what the gate says of a run.

    Args:
        judgement: The verdict.
        prompts: Gives the prompts of a cell, as far as they are at hand.
        most: So many cells of each kind, the gravest first where there are more; None for all.
    """
    return lines_of(judgement, failed_cells(judgement, prompts, most), most)


def lines_of(judgement: Judgement, failed: Sequence[FailedCell], most: int | None = None) -> list[str]:
    """Return what the gate says of a run whose failed cells are known.

    Args:
        judgement: The verdict.
        failed: The cells that keep it from a pass.
        most: So many of each kind are among them; None where all are.
    """
    return [
        _headline(judgement),
        *(printable(sentence, 1000) for sentence in judgement.obstacles),
        *(line for one in failed for line in one.lines),
        *_left_out(judgement, most),
        *_few(list(_otherwise_made(judgement)), most, "that were made otherwise than their baselines"),
        *_few(list(_without_baseline(judgement)), most, "without a baseline"),
        *(printable(sentence, 1000) for sentence in judgement.remarks),
        *_improved(judgement),
    ]


def _left_out(judgement: Judgement, most: int | None) -> Iterator[str]:
    """Yield how many of the failed cells are not listed."""
    many = {
        "that regressed": len(judgement.worse),
        "that cannot be told": len(judgement.unsettled),
        "that cannot be measured": len(judgement.findings),
    }
    for what, count in many.items():
        yield from _more(count, most, what)


def _few(lines: Sequence[str], most: int | None, what: str) -> list[str]:
    return [*lines[:most], *_more(len(lines), most, what)]


def _more(count: int, most: int | None, what: str) -> list[str]:
    left = 0 if most is None else count - most
    return [f"and {left:,} more {what}; --all lists every one"] if left > 0 else []


def _headline(judgement: Judgement) -> str:
    decision = judgement.decision
    if not judgement.compared and judgement.status == "pass":
        return f"gate: nothing to compare; {have(len(judgement.missing), 'cell')} no baseline"
    compared, absent = len(judgement.compared), len(judgement.absent)
    of_all = f"{compared} of {counted(compared + absent, 'accepted cell')}"
    cells = of_all if absent else counted(compared, "cell")
    return (
        f"gate: {_VERDICTS[judgement.status]}; {cells} compared at alpha "
        f"{decision.alpha:g}, {_margins(judgement)}"
    )


def _margins(judgement: Judgement) -> str:
    """Return the margins; those of means, which each cell has of its own, stand beside what is said of it."""
    points = f"margin {100 * judgement.decision.margin:g} points"
    every = [one.measured.gated for one in judgement.compared.values()]
    means = sorted({gated.name for gated in every if gated.mean})
    if not means:
        return points
    own = f"{', '.join(means)} by margins of their own"
    return own if all(gated.mean for gated in every) else f"{points}, {own}"


def _otherwise_made(judgement: Judgement) -> Iterator[str]:
    for compared in judgement.compared.values():
        cell = cell_name(compared.measured.record)
        if compared.changes:
            yield f"changed since the baseline: {cell}: {', '.join(compared.changes)}"
        if not compared.sealed:
            yield (
                f"no digest: {cell}: an earlier version accepted the baseline, so that edits go unseen and "
                "margins are not compared; accept it again with --steering-accept"
            )
        if compared.measured.remeasured:
            yield f"{cell} was {compared.measured.remeasured}"


def _without_baseline(judgement: Judgement) -> Iterator[str]:
    for cell in judgement.missing:
        yield f"no baseline: {cell_name(cell.record)}; accept one with --steering-accept-new"


def _improved(judgement: Judgement) -> Iterator[str]:
    better = {one.cell.key for one in judgement.decision.cells if one.improved}
    if better:
        yield f"{counted(len(better), 'cell')} improved; accept with --steering-accept"
