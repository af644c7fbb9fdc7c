"""The gate's verdict in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_steering.comparison.outcomes import right
from pytest_steering.comparison.pairing import Pair
from pytest_steering.gate.baseline_pairing import at_near_tie
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gate_verdict import CellDecision
from pytest_steering.gate.judge import Compared, Judgement
from pytest_steering.printable import printable
from pytest_steering.records import Outcome, Record

SHOWN = 5
PROMPT_TAIL = 160

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
        f"{decision.alpha:g}, margin {100 * decision.margin:g} points"
    )


def _regressed(judgement: Judgement, prompts: Prompts) -> Iterator[str]:
    for one in judgement.regressed:
        compared = judgement.compared[one.cell.key]
        yield f"regressed: {_cell(compared.measured.record)}: {_counts(one)}"
        yield from _flips(compared, prompts(compared.measured.record))
        if compared.measured.node_id:
            yield f'  run it again: pytest "{compared.measured.node_id}"'


def _counts(one: CellDecision) -> str:
    changes = one.cell.changes
    return (
        f"{changes.broken} samples broke, {changes.fixed} were fixed, of {changes.n} "
        f"(drop {100 * one.drop:.1f} points, p {one.p:.2g})"
    )


def _flips(compared: Compared, prompts: FlippedPrompts) -> Iterator[str]:
    flips = sorted(compared.pairing.flips, key=_gravity)
    for before, now in flips[:SHOWN]:
        yield f"  {_kind(before, now)} {printable(now.id, 60)}"
        if now.id in prompts.texts:
            yield f"    prompt … {printable(prompts.texts[now.id][-PROMPT_TAIL:], PROMPT_TAIL)}"
        yield f"    before {before.predicted}: {printable(before.response, 80)}"
        yield f"    now    {now.predicted}: {printable(now.response, 80)}"
    if len(flips) > SHOWN:
        yield f"  and {len(flips) - SHOWN} more flipped"
    if flips and prompts.missing:
        yield f"  prompts are not shown: {printable(prompts.missing, 300)}"
    tied = [printable(now.id, 40) for before, now in flips if at_near_tie(before, now)]
    if tied:
        yield f"  near-ties of logits, not counted: {', '.join(tied[:SHOWN])}"


def _gravity(flip: Pair) -> tuple[bool, bool, str]:
    """Return what sorts flips: those that count first, then those that broke."""
    before, now = flip
    return at_near_tie(before, now), not right(before), now.id


def _kind(before: Outcome, now: Outcome) -> str:
    turned = "broke" if right(before) else "fixed"
    return f"{turned} at a near-tie" if at_near_tie(before, now) else turned


def _unsettled(judgement: Judgement) -> Iterator[str]:
    for one in judgement.decision.cells:
        if one.status == "inconclusive":
            record = judgement.compared[one.cell.key].measured.record
            needed = (
                f"about {one.settles_at} samples would settle it"
                if one.settles_at
                else "too close to the margin"
            )
            yield f"cannot tell: {_cell(record)}: {_counts(one)}; {needed}"


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
    better = [one for one in judgement.decision.cells if one.improved]
    if better:
        yield f"{len(better)} cells improved; accept them with --steering-accept"


def _cell(record: Record) -> str:
    numerics = record.environment.get("numerics", "")
    arm = "" if record.arm == "steered" else f", {record.arm}"
    return printable(f"{record.experiment} on {record.model} ({numerics}{arm})", 120)
