"""What moved: the model's judgement, its threshold, or its bias alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.statistics import Bootstrap, auroc_change, auroc_interval

Label: TypeAlias = Literal["sensitivity", "threshold", "bias only", "unclear"]

UNCHANGED = 0.05
"""An AUROC that changes by no more than this, and certainly by no more than twice as much, has not moved."""

TRUTH = 0.7
"""An unsteered AUROC from here on says that the truth was there before."""

RESAMPLES = 1999


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
    before: Bootstrap | None = None
    after: Bootstrap | None = None
    change: Bootstrap | None = None


def what_moved(unsteered: Sequence[Outcome], steered: Sequence[Outcome]) -> Moved:
    """Return what steering moved.

    Intervals are 95 % BCa bootstraps that draw twin pairs whole.

    Args:
        unsteered: One outcome a sample.
        steered: Of the same samples; those that were skipped or have no margin in either are left out.
    """
    by_id = {one.id: one for one in steered if not one.skipped and one.margin is not None}
    both = [(one, by_id[one.id]) for one in unsteered if one.id in by_id and one.margin is not None]
    labels = [int(one.expected == "yes") for one, _ in both]
    before, after = [one.margin or 0.0 for one, _ in both], [one.margin or 0.0 for _, one in both]
    clusters = [one.resampled_with for one, _ in both]
    try:
        first = auroc_interval(labels, before, clusters, resamples=RESAMPLES)
        second = auroc_interval(labels, after, clusters, resamples=RESAMPLES)
        change = auroc_change(labels, before, after, clusters, resamples=RESAMPLES)
    except DataError as error:
        return Moved("unclear", f"AUROC is undefined: {error}")
    label, why = _label(first, second, change), _sentence(first, second, change)
    return Moved(label, why, first, second, change)


def _label(before: Bootstrap, after: Bootstrap, change: Bootstrap) -> Label:
    if before.estimate >= TRUTH and _stays(change):
        return "threshold"
    if change.low > 0:
        return "sensitivity"
    if _chance(before) and _chance(after):
        return "bias only"
    return "unclear"


def _stays(change: Bootstrap) -> bool:
    return abs(change.estimate) <= UNCHANGED and max(-change.low, change.high) <= 2 * UNCHANGED


def _chance(area: Bootstrap) -> bool:
    return area.low <= 0.5 <= area.high or abs(area.estimate - 0.5) <= UNCHANGED


def _sentence(before: Bootstrap, after: Bootstrap, change: Bootstrap) -> str:
    ends = f"[{change.low:+.3f}, {change.high:+.3f}]"
    return f"AUROC {before.estimate:.3f} unsteered, {after.estimate:.3f} steered, change {ends}"
