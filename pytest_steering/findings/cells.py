"""The cells of one run as the checks see them: records by arm, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytest_steering.records import Outcome, Record

UNSTEERED, STEERED = "unsteered", "steered"


@dataclass(frozen=True)
class Cells:
    """One run.

    Attributes:
        arms: Its records by arm.
    """

    arms: Mapping[str, Record]

    @cached_property
    def evidence(self) -> Mapping[str, Any]:
        """What was observed around the steered cell."""
        steered = self.arms.get(STEERED)
        return steered.evidence if steered else {}

    @cached_property
    def controls(self) -> dict[str, Record]:
        """Every arm but the unsteered and the steered one."""
        return {name: arm for name, arm in self.arms.items() if name not in (UNSTEERED, STEERED)}

    def ran(self, arm: str) -> list[Outcome]:
        """Return an arm's outcomes of samples that were run; none where there is no such arm."""
        record = self.arms.get(arm)
        return [outcome for outcome in record.outcomes if not outcome.skipped] if record else []

    def pairs(self, arm: str = STEERED, base: str = UNSTEERED) -> list[tuple[Outcome, Outcome]]:
        """Return the samples that were run in two arms, as (base, arm)."""
        later = {outcome.id: outcome for outcome in self.ran(arm)}
        return [(outcome, later[outcome.id]) for outcome in self.ran(base) if outcome.id in later]

    def change(self, arm: str) -> tuple[int, int, int]:
        """Return how many samples an arm broke and fixed against the unsteered one, and of how many."""
        both = self.pairs(arm)
        broken = sum(before.correct is True and after.correct is not True for before, after in both)
        fixed = sum(before.correct is not True and after.correct is True for before, after in both)
        return broken, fixed, len(both)

    def effect(self, arm: str) -> float:
        """Return the change of accuracy of an arm against the unsteered one; 0 without samples."""
        broken, fixed, samples = self.change(arm)
        return (fixed - broken) / samples if samples else 0.0
