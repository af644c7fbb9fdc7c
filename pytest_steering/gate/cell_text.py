"""What became of one number of a cell since its baseline, in words."""

from __future__ import annotations

from pytest_steering.comparison import Changes
from pytest_steering.comparison.mean_text import change_text
from pytest_steering.counted import counted, have
from pytest_steering.gate.baseline_pairing import SCORED, BaselinePairing
from pytest_steering.gate.gate_verdict import CellDecision
from pytest_steering.run_folder.shortfall import first_few


def decision_text(one: CellDecision, pairing: BaselinePairing) -> str:
    """Return what was decided on, with its p.

    Args:
        one: The decision about one number of a cell.
        pairing: The cell's samples beside the baseline's.
    """
    if one.cell.kind == "measured":
        return str(one.cell.changes)
    said, p = number_text_of(pairing, one.cell.of), f"p {one.p:.2g}"
    if one.cell.kind != "main":
        return f"{said} ({p})"
    if one.cell.of == pairing.gated.name and pairing.gated.mean:
        unit = f" {pairing.gated.unit}" if pairing.gated.unit else ""
        return f"{said} ({p}, margin {one.margin:.3g}{unit})"
    return f"{said} (drop {100 * one.drop:.1f} points, {p})"


def number_text_of(pairing: BaselinePairing, of: str) -> str:
    """Return what became of one number of a cell.

    Args:
        pairing: The cell's samples beside the baseline's.
        of: Which number.
    """
    if of in pairing.guards:
        return pairing.guards[of].text
    if of == SCORED:
        return _unscored(pairing)
    return _mean(pairing) if pairing.gated.mean else _counts(pairing.changes)


def _counts(changes: Changes) -> str:
    return f"{counted(changes.broken, 'sample')} broke, {changes.fixed} were fixed, of {changes.n}"


def _mean(pairing: BaselinePairing) -> str:
    if not pairing.numbers.n:
        return f"{pairing.gated.name}: no sample has it both now and in the baseline"
    return f"{pairing.gated.name} {change_text(pairing.numbers)}, of {pairing.numbers.n} samples"


def _unscored(pairing: BaselinePairing) -> str:
    changes = pairing.unscored
    named = f" ({first_few([now.id for _, now in pairing.lost])})" if pairing.lost else ""
    lost = have(changes.broken, "sample", "lost its", "lost their")
    return f"{lost} {pairing.gated.name}{named}, {changes.fixed} gained one, of {changes.n}"
