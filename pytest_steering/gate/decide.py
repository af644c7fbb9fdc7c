"""The decision of a run: pass, regression or cannot tell, from what changed in its cells alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.gate.gate_verdict import CellComparison, CellDecision, Decision, Kind, Status
from pytest_steering.statistics import tarone_holm

__all__ = ["ALPHA", "MARGIN", "CellComparison", "CellDecision", "Decision", "decide", "family", "moved"]

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative, TaroneHolm

ALPHA = 0.02
"""Chance of a false regression in a run, and of a false pass of a cell at the margin."""

MARGIN = 0.10
"""Drop in accuracy that is tolerated, as a share."""

SHARES: Mapping[Kind, float] = {"main": 0.7, "count": 0.25, "number": 0.05, "measured": 0.0}
"""How the kinds of comparisons share alpha.

The cells' own numbers have most of it, so that guards cost them little power. Numbers that every sample has
can reach any level, and need least. What is measured beside the samples is held against a threshold.
"""


def decide(cells: Sequence[CellComparison], alpha: float = ALPHA, margin: float = MARGIN) -> Decision:
    """Decide whether a run got worse than its baseline.

    Regression: Tarone–Holm over the one-sided sign-flip tests of all cells, by cluster; of net changes they
    are exact, and McNemar tests where no samples belong together. The cells' own numbers and the kinds of
    guards are families of their own, which share alpha (Bonferroni). Pass: the one-sided bound of every
    cell's drop at confidence 1 − alpha lies below its margin; because all have to hold, no correction is
    needed (intersection–union, Berger 1982, Technometrics 24:295). A guard has to show nothing. The bound of
    a share is the score bound (Tango 1998), widened by the design effect of clusters, that of a mean
    `rise_bound`. Newcombe's bound is not used: at a true drop of the margin it lies below the margin up to
    twice as often as alpha allows (`benchmarks.gate.characteristics` prints both).

    Args:
        cells: the run's cells, each with a key of its own.
        alpha: chance of a false regression in the whole run, and of a false pass of a cell.
        margin: drop that is tolerated where a cell has no margin of its own, as a share.

    Raises:
        DataError: if two cells share a key and number, or alpha or margin is not between 0 and 1 (alpha at
            most 0.5).
    """
    _check(cells, alpha, margin)
    lost, won = moved(cells, alpha, "greater"), moved(cells, alpha, "less")
    held = [cell for cell in cells if cell.kind == "main"]
    level = alpha * _shares(cells).get("main", 0.0)
    decisions = tuple(
        _decide_guard(cell, lost[i], margin)
        if cell.kind != "main"
        else _decide_cell(cell, lost[i], won[i], alpha, margin, level / len(held))
        for i, cell in enumerate(cells)
    )
    last = family(held, level, "greater").level if held else level
    return Decision(_worst(decisions), decisions, alpha, margin, last)


def moved(cells: Sequence[CellComparison], alpha: float, alternative: Alternative) -> list[bool]:
    """Tell which comparisons moved, at one level for all: kinds share it, see `SHARES`.

    Args:
        cells: The comparisons.
        alpha: Level of all.
        alternative: "greater" looks for drops, "less" for gains, "two-sided" for either.
    """
    found = [False] * len(cells)
    for kind, share in _shares(cells).items():
        places = [place for place, cell in enumerate(cells) if cell.kind == kind]
        rejected = family([cells[place] for place in places], alpha * share, alternative).rejected
        for place, moves in zip(places, rejected.tolist(), strict=True):
            found[place] = moves
    return found


def _shares(cells: Sequence[CellComparison]) -> dict[Kind, float]:
    """Return the share of alpha of each kind that there is; they sum to 1, where not all is measured."""
    kinds = {cell.kind for cell in cells}
    total = sum(share for kind, share in SHARES.items() if kind in kinds) or 1.0
    return {kind: share / total for kind, share in SHARES.items() if kind in kinds}


def family(cells: Sequence[CellComparison], alpha: float, alternative: Alternative) -> TaroneHolm:
    """Run Tarone–Holm over the cells' sign-flip tests.

    With "two-sided" on the unsteered controls it tells whether the environment moved since the baseline.

    Args:
        cells: the comparisons.
        alpha: level of the family.
        alternative: "greater" looks for drops, "less" for gains.
    """
    p_values = [cell.changes.p(alternative) for cell in cells]
    return tarone_holm(p_values, [cell.changes.smallest_p(alternative) for cell in cells], alpha)


def _decide_guard(cell: CellComparison, lost: bool, margin: float) -> CellDecision:
    """Put together what is known about a guard: it fell, or it says nothing; no bound is asked for."""
    status: Status = "regression" if lost else "pass"
    drop, p = cell.changes.drop, cell.changes.p("greater")
    return CellDecision(cell, status, drop, math.inf, p, False, margin)


def _decide_cell(
    cell: CellComparison, lost: bool, won: bool, alpha: float, margin: float, level: float
) -> CellDecision:
    """Put together what is known about one cell; its level is that where all count, as with more samples."""
    changes, margin = cell.changes, margin if cell.margin is None else cell.margin
    bound, p = changes.drop_bound(1 - alpha), changes.p("greater")
    if changes.n == 0:
        return CellDecision(cell, "unmeasurable", 0.0, bound, p, False, margin)
    status: Status = "regression" if lost else "pass" if bound <= margin else "inconclusive"
    return CellDecision(cell, status, changes.drop, bound, p, won, margin, level, 1 - alpha)


def _worst(cells: Sequence[CellDecision]) -> Status:
    """Return the status of the run; without cells nothing was measured."""
    order: tuple[Status, ...] = ("regression", "unmeasurable", "inconclusive", "pass")
    found = {cell.status for cell in cells}
    return next((status for status in order if status in found), "unmeasurable")


def _check(cells: Sequence[CellComparison], alpha: float, margin: float) -> None:
    """Refuse levels outside their range and keys that name two cells."""
    if not 0 < alpha <= 0.5 or not 0 < margin < 1:
        raise DataError(f"alpha {alpha} and margin {margin}; expected 0 < alpha <= 0.5 and 0 < margin < 1")
    keys = Counter((cell.key, cell.of) for cell in cells)
    twice = sorted(key for (key, _), many in keys.items() if many > 1)
    if twice:
        raise DataError(f"Keys of more than one cell: {', '.join(twice)}; expected one comparison a cell")
