"""The gate's verdict in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_steering.gate.cell_text import decision_text
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.sample_text import sample_lines
from pytest_steering.printable import printable
from pytest_steering.records import Record

Prompts = Callable[[Record], FlippedPrompts]

_VERDICTS = {
    "pass": "pass",
    "regression": "regression",
    "inconclusive": "cannot tell",
    "unmeasurable": "cannot be measured",
}


def verdict_lines(judgement: Judgement, prompts: Prompts) -> list[str]:
    """Return what the gate says of a run.

    Args:
        judgement: The verdict.
        prompts: Gives the prompts of a cell, as far as they are at hand.
    """
    return [
        _headline(judgement),
        *(printable(sentence, 1000) for sentence in judgement.obstacles),
        *_regressed(judgement, prompts),
        *_unsettled(judgement),
        *_otherwise_made(judgement),
        *(
            f"{one.id}: {_cell(cell.record)}: {one.sentence}. {one.kind.advice}"
            for cell, one in judgement.findings
        ),
        *_unkept(judgement),
        *_improved(judgement),
    ]


def _headline(judgement: Judgement) -> str:
    decision = judgement.decision
    if not judgement.compared and judgement.status == "pass":
        return f"gate: nothing to compare; {len(judgement.missing)} cells have no baseline"
    compared, absent = len(judgement.compared), len(judgement.absent)
    cells = f"{compared} of {compared + absent} accepted cells" if absent else f"{compared} cells"
    return (
        f"gate: {_VERDICTS[judgement.status]}; {cells} compared at alpha "
        f"{decision.alpha:g}, {_margins(judgement)}"
    )


def _margins(judgement: Judgement) -> str:
    """Return the margins; those of means, which each cell has of its own, stand beside what is said of it."""
    points = f"margin {100 * judgement.decision.margin:g} points"
    means = sorted({one.pairing.gated.name for one in judgement.compared.values() if one.pairing.gated.mean})
    if not means:
        return points
    own = f"{', '.join(means)} by margins of their own"
    return own if all(one.pairing.gated.mean for one in judgement.compared.values()) else f"{points}, {own}"


def _regressed(judgement: Judgement, prompts: Prompts) -> Iterator[str]:
    for one in judgement.regressed:
        compared = judgement.compared[one.cell.key]
        record = compared.measured.record
        yield f"regressed: {_cell(record)}: {decision_text(one, compared.pairing)}"
        yield from sample_lines(compared.pairing, one.cell.of, prompts(record))
        if compared.measured.node_id:
            yield f'  run it again: pytest "{compared.measured.node_id}"'


def _unsettled(judgement: Judgement) -> Iterator[str]:
    for one in judgement.decision.cells:
        if one.status == "inconclusive":
            compared = judgement.compared[one.cell.key]
            record = compared.measured.record
            needed = (
                f"about {one.settles_at} samples would settle it"
                if one.settles_at
                else "too close to the margin"
            )
            yield f"cannot tell: {_cell(record)}: {decision_text(one, compared.pairing)}; {needed}"


def _otherwise_made(judgement: Judgement) -> Iterator[str]:
    for compared in judgement.compared.values():
        cell = _cell(compared.measured.record)
        if compared.changes:
            yield f"changed since the baseline: {cell}: {', '.join(compared.changes)}"
        if compared.measured.remeasured:
            yield f"{cell} was {compared.measured.remeasured}"


def _unkept(judgement: Judgement) -> Iterator[str]:
    for cell in judgement.missing:
        yield f"no baseline: {_cell(cell.record)}; accept one with --steering-accept-new"
    yield from (printable(sentence, 1000) for sentence in judgement.remarks)


def _improved(judgement: Judgement) -> Iterator[str]:
    better = {one.cell.key for one in judgement.decision.cells if one.improved}
    if better:
        yield f"{len(better)} cells improved; accept them with --steering-accept"


def _cell(record: Record) -> str:
    numerics = record.environment.get("numerics", "")
    arm = "" if record.arm == "steered" else f", {record.arm}"
    return printable(f"{record.experiment} on {record.model} ({numerics}{arm})", 120)
