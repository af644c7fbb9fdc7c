"""What is accepted, sample by sample: what turned since the baseline, with the old answer and the new."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.comparison.mean_text import digits_of, number_text
from pytest_steering.comparison.outcomes import right
from pytest_steering.comparison.pairing import Pair, pair
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_samples import numbers
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.printable import excerpt, printable
from pytest_steering.records import Outcome
from pytest_steering.run_folder.shortfall import first_few

SHOWN = 5
TEXT = 100


def accepted_lines(before: Entry, now: Entry, reason: str) -> Iterator[str]:
    """Yield indented lines on what a newly accepted cell changes.

    Args:
        before: What it takes the place of.
        now: What was accepted.
        reason: That a person gave; empty without one.
    """
    both = pair(before.samples, now.samples)
    turned = sorted(
        (one for one in both.pairs if _judged(one[0], now.gated) != _judged(one[1], now.gated)),
        key=lambda one: _gravity(one, now.gated),
    )
    reworded = sum(old.response != new.response for old, new in both.pairs)
    yield f"  {len(turned)} of {len(both.pairs)} samples turned, {reworded} have other words"
    digits = digits_of(numbers(before.samples, now.gated)) if now.gated.mean else 0
    for one in turned[:SHOWN]:
        yield from _shown(one, now.gated, digits)
    if len(turned) > SHOWN:
        yield f"  and {len(turned) - SHOWN} more turned; the diff of the file has them all"
    if both.unpaired:
        yield f"  only in one of the two: {first_few(list(both.unpaired))}"
    if reason.strip():
        yield f"  reason: {printable(reason, 500)}"


def _judged(outcome: Outcome, gated: GatedMetric) -> object:
    return gated.number(outcome) if gated.mean else outcome.predicted


def _gravity(flip: Pair, gated: GatedMetric) -> tuple[float, str]:
    """Return what sorts flips: those that broke or fell furthest come first."""
    before, now = flip
    if not gated.mean:
        return float(right(now) - right(before)), now.id
    moved = (gated.number(now) or 0.0) - (gated.number(before) or 0.0)
    worth = {"higher": moved, "lower": -moved}.get(gated.better, -abs(moved))
    return worth, now.id


def _shown(flip: Pair, gated: GatedMetric, digits: int) -> Iterator[str]:
    old, new = (_said(one, gated, digits) for one in flip)
    yield f"  {printable(flip[1].id, 60)}: {old} → {new}"
    yield from (
        f"    {when} {excerpt(one.response, TEXT)}" for when, one in zip(("old", "new"), flip, strict=True)
    )


def _said(outcome: Outcome, gated: GatedMetric, digits: int) -> str:
    if not gated.mean:
        return printable(outcome.predicted, 20) or "none"
    number = gated.number(outcome)
    return "none" if number is None else number_text(number, digits)
