"""The recorded answers of one model, by arm, as the comparison of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pytest_steering.comparison import UNSTEERED, Arm, Comparison, Pairing
from pytest_steering.comparison.metrics import numbers
from pytest_steering.records import Record

BASES = (UNSTEERED, "baseline", "base", "original")
"""How recorded answers call the arm that the others are compared with."""


@dataclass(frozen=True)
class ReplayedModel:
    """The arms of one model.

    Attributes:
        name: The model's.
        run: Its arms, by the names that the answers came with.
        base: The arm that the others are compared with; empty where it is not known.
    """

    name: str
    run: Comparison
    base: str = ""

    @classmethod
    def of(cls, records: Mapping[str, Record], base: str = "") -> ReplayedModel:
        """Return the model of some arms.

        Args:
            records: By arm; at least one.
            base: Which of them the others are compared with; one of the usual names where it is empty.
        """
        found = next((name for name in ([base] if base else BASES) if name in records), "")
        arms = {name: Arm(record, records.get(found)) for name, record in records.items()}
        return cls(next(iter(records.values())).model, Comparison(arms), found)

    def change(self, arm: Arm) -> Pairing | None:
        """Return an arm's samples beside those of the base; None for the base itself, or without one."""
        return None if arm.name == self.base else arm.facts.beside

    def records(self) -> Iterator[Record]:
        """Yield the record of each arm with its metrics.

        The base is called `unsteered` there, as in a run of one's own, unless another arm is.
        """
        for name, arm in self.run.arms.items():
            renamed = name == self.base and UNSTEERED not in self.run
            told = {"recorded_arm": name} if renamed else {}
            written = UNSTEERED if renamed else name
            yield replace(arm.record, arm=written, metrics=numbers(arm.facts), provenance=told)
