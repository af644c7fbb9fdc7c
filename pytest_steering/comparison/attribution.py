"""What moved: the model's judgement, its threshold, or its bias alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.comparison.estimates import Estimate, estimate, estimated_change
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.outcomes import margin
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.errors import DataError

Label: TypeAlias = Literal["sensitivity", "threshold", "bias only", "unclear"]

UNCHANGED = 0.05
"""An AUROC that changes by no more than this, and certainly by no more than twice as much, has not moved."""

TRUTH = 0.7
"""An unsteered AUROC from here on says that the truth was there before."""


@dataclass(frozen=True)
class Moved:
    """What steering moved, by the margins of paired samples.

    Attributes:
        label: `sensitivity`: AUROC rises. `threshold`: AUROC stays and was at least 0.7, so the truth was
            there and the answer's threshold moved. `bias only`: AUROC cannot be told from 0.5 before or
            after, or lies within 0.05 of it. `unclear`: none of these.
        why: The numbers, as a sentence.
        before: Unsteered AUROC with its interval; None where it is undefined.
        after: Steered AUROC.
        change: The paired change.
    """

    label: Label
    why: str
    before: Estimate | None = None
    after: Estimate | None = None
    change: Estimate | None = None


def what_moved(pairing: Pairing) -> Moved:
    """Return what steering moved, by AUROC with its interval as expectations find it.

    Args:
        pairing: The samples in the unsteered and the steered arm; those without a margin in either are left
            out.
    """
    both = pairing.only(lambda before, after: None not in (margin(before), margin(after)))
    try:
        before, after = (estimate(Facts(arm), "auroc") for arm in (both.before, both.after))
        change = estimated_change(both, "auroc")
    except DataError as error:
        return Moved("unclear", f"AUROC is undefined: {error}")
    if before.value is None or after.value is None or change.value is None:
        return Moved("unclear", f"AUROC is undefined: {before.why or after.why}")
    return Moved(_label(before, after, change), _sentence(before, after, change), before, after, change)


def _label(before: Estimate, after: Estimate, change: Estimate) -> Label:
    if before.number >= TRUTH and _stays(change):
        return "threshold"
    if change.low > 0:
        return "sensitivity"
    if _chance(before) and _chance(after):
        return "bias only"
    return "unclear"


def _stays(change: Estimate) -> bool:
    return abs(change.number) <= UNCHANGED and max(-change.low, change.high) <= 2 * UNCHANGED


def _chance(area: Estimate) -> bool:
    return area.low <= 0.5 <= area.high or abs(area.number - 0.5) <= UNCHANGED


def _sentence(before: Estimate, after: Estimate, change: Estimate) -> str:
    ends = f"[{change.low:+.3f}, {change.high:+.3f}]"
    return f"AUROC {before.number:.3f} unsteered, {after.number:.3f} steered, change {ends}"
