"""The arms of one run: the one model of them that findings, expectations, the gate and the tables read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytest_steering.comparison.arm import STEERED, UNSTEERED, Arm
from pytest_steering.comparison.natural_order import natural
from pytest_steering.comparison.outcomes import labelled
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.printable import printable
from pytest_steering.records import Outcome, Record


@dataclass(frozen=True, repr=False)
class Comparison:
    """One run.

    Attributes:
        arms: By name.
    """

    arms: Mapping[str, Arm]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Comparison:
        """Return the comparison of a run's records, one an arm."""
        by_name = {record.arm: record for record in records}
        return cls({name: Arm(record, by_name.get(UNSTEERED)) for name, record in by_name.items()})

    def __repr__(self) -> str:
        arms = printable(", ".join(self.arms), 120)
        return f"<Comparison of {len(self.arms)} arms: {arms}>"

    def __getitem__(self, name: str) -> Arm:
        if name not in self.arms:
            near = did_you_mean(name, self.arms)
            raise DataError(f"this run has no arm {name!r}; {near}it has {', '.join(self.arms)}")
        return self.arms[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arms

    @property
    def unsteered(self) -> Arm:
        """The model alone."""
        return self[UNSTEERED]

    @property
    def steered(self) -> Arm:
        """The model under the intervention."""
        return self[STEERED]

    @property
    def controls(self) -> list[Arm]:
        """Every arm but the unsteered and the steered one."""
        return [arm for name, arm in self.arms.items() if name not in (UNSTEERED, STEERED)]

    @property
    def random(self) -> list[Arm]:
        """The arms of random directions of any kind."""
        return [arm for arm in self.controls if re.fullmatch(r"random(_\w+)?:\d+", arm.name)]

    @property
    def doses(self) -> list[Arm]:
        """The unsteered arm, those at a part of the scale in ascending order, and the steered one."""
        parts = [arm for arm in self.controls if arm.name.startswith("dose:")]
        return [
            self.unsteered,
            *sorted(parts, key=lambda arm: float(arm.name.partition(":")[2])),
            self.steered,
        ]

    @property
    def labelled(self) -> bool:
        """Whether it is known of any sample which answer is right."""
        return any(map(labelled, self.ran(STEERED)))

    @property
    def groups(self) -> list[str]:
        """What the samples are broken down by, in natural order: part-9 before part-10."""
        return sorted({one.group for one in self.steered.run}, key=natural)

    @property
    def main_metric(self) -> str:
        """The number that the run is about: accuracy, unless its task says otherwise."""
        told = (arm.main_metric for arm in self.arms.values())
        return next((name for name in told if name != "accuracy"), "accuracy")

    @property
    def scores(self) -> Mapping[str, Mapping[str, Any]]:
        """What the records say of the task's scores, by name."""
        told = (arm.record.evidence.get("scores") for arm in self.arms.values())
        return next((scores for scores in told if scores), {})

    @property
    def guards(self) -> tuple[str, ...]:
        """The scores that say whether an answer is still text."""
        told = (arm.record.evidence.get("guards") for arm in self.arms.values())
        return tuple(next((guards for guards in told if guards), ()))

    @cached_property
    def evidence(self) -> Mapping[str, Any]:
        """What was observed around the steered arm."""
        return self.steered.record.evidence if STEERED in self else {}

    def ran(self, arm: str) -> tuple[Outcome, ...]:
        """Return the outcomes of the samples that an arm ran; none where there is no such arm."""
        return self[arm].run if arm in self else ()

    def pairing(self, arm: str = STEERED, base: str = UNSTEERED) -> Pairing:
        """Return the samples that two arms both ran, as (base, arm); none where one of them is missing."""
        if arm not in self or base not in self:
            return Pairing(())
        return self[arm].against(self[base])
