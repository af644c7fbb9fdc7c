"""What a reader decides by: whether an experiment moved its number, by how much, and what is against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Estimate, estimated_change
from pytest_steering.comparison.estimates import UNKNOWN
from pytest_steering.errors import DataError
from pytest_steering.report.cell_summary import Group, where

Kind: TypeAlias = Literal["rose", "fell", "unclear", "invalid", "failed", "unpaired"]

WORDS: dict[Kind, str] = {
    "rose": "Rose",
    "fell": "Fell",
    "unclear": "No effect shown",
    "invalid": "Says nothing",
    "failed": "Failed",
    "unpaired": "Not compared",
}


@dataclass(frozen=True)
class Change:
    """What an arm did to the number that its experiment is about.

    Attributes:
        arm: Its name.
        at: Its layers and scale.
        estimate: The paired change from the unsteered arm, with its interval.
        before: The number of the unsteered arm.
        after: Of this arm.
    """

    arm: str
    at: str
    estimate: Estimate
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Verdict:
    """What is concluded of an experiment.

    Attributes:
        kind: As the 95 % interval of the change lies; `invalid` where a finding says that it means nothing.
        metric: The number that it is about.
        why: In one sentence.
        steered: Its change; None where none can be told.
        controls: The changes of the controls that ran beside it.
    """

    kind: Kind
    metric: str
    why: str
    steered: Change | None
    controls: tuple[Change, ...]

    @property
    def word(self) -> str:
        """The verdict in as few words as it takes."""
        return WORDS[self.kind]

    @property
    def rivals(self) -> list[str]:
        """The controls whose change goes at least as far in the same direction."""
        moved = self.steered.estimate.value if self.steered else None
        if not moved:
            return []
        changes = [(one.arm, one.estimate.value or 0.0) for one in self.controls]
        return [arm for arm, change in changes if change * moved > 0 and abs(change) >= abs(moved)]


def verdict_of(group: Group) -> Verdict:
    """Return what is concluded of an experiment.

    Args:
        group: Its arms.
    """
    arms = {arm.name: arm for arm in group.arms}
    metric = next((arm.main_metric for arm in group.arms if arm.main_metric != "accuracy"), "accuracy")
    failed = next((arm for arm in group.arms if arm.record.failed), None)
    if failed is not None:
        return Verdict("failed", metric, str(failed.record.evidence["failed"]), None, ())
    steered, unsteered = arms.get(STEERED), arms.get(UNSTEERED)
    if steered is None or unsteered is None:
        missing = STEERED if steered is None else UNSTEERED
        return Verdict("unpaired", metric, f"The records hold no {missing} arm.", None, ())
    beside = [arm for arm in group.arms if arm.name not in (STEERED, UNSTEERED) and not _dose(arm.name)]
    controls = tuple(paired_change(arm, metric) for arm in beside)
    kind, why = concluded(steered, change := paired_change(steered, metric))
    return Verdict(kind, metric, why, None if steered.invalid else change, controls)


def _dose(arm: str) -> bool:
    """Whether an arm is the steered one at a part of its scale, which stands in a figure of its own."""
    return arm.startswith("dose:")


def concluded(steered: Arm, change: Change) -> tuple[Kind, str]:
    """Return what the change of an arm says, and why in one sentence.

    Args:
        steered: The arm.
        change: From the arm beside it.
    """
    found = change.estimate
    if steered.invalid:
        ids = [str(row["id"]) for row in steered.record.findings if row.get("severity") == "invalid"]
        return "invalid", f"No effect is told: {', '.join(ids) or 'a finding'} makes the number meaningless."
    if found.value is None:
        return "unpaired", f"No change can be told: {found.why}."
    if found.low > 0:
        return "rose", "The whole 95 % interval of the paired change lies above zero."
    if found.high < 0:
        return "fell", "The whole 95 % interval of the paired change lies below zero."
    return "unclear", "The 95 % interval of the paired change does not exclude zero."


def paired_change(arm: Arm, metric: str) -> Change:
    """Return what an arm did to a number, over the samples that the arm beside it ran as well.

    Args:
        arm: With the arm that it is compared with.
        metric: The number.
    """
    beside = arm.beside.outcomes if arm.beside else ()
    before = Arm(arm.beside)[metric] if arm.beside else None
    return Change(
        arm.name, where(arm.record), _estimated(arm, metric), before if beside else None, arm[metric]
    )


def _estimated(arm: Arm, metric: str) -> Estimate:
    pairing = arm.facts.beside
    if pairing is None or not pairing.pairs:
        return Estimate(None, UNKNOWN, 0, "no sample was run in both arms")
    try:
        return estimated_change(pairing, metric)
    except DataError as error:
        return Estimate(None, UNKNOWN, len(pairing.pairs), str(error))
