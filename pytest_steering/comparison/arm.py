"""One condition of a run, as its record holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pytest_steering.comparison.estimates import Estimate, estimate
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.registry import find, metric
from pytest_steering.comparison.outcomes import right
from pytest_steering.comparison.pairing import Pairing, pair
from pytest_steering.errors import DataError
from pytest_steering.printable import printable
from pytest_steering.records import Outcome, Record, means_nothing

UNSTEERED, STEERED = "unsteered", "steered"


@dataclass(frozen=True, repr=False)
class Arm:
    """One condition.

    Attributes:
        record: As it was written.
        beside: The record of the unsteered arm; None where there is none.
    """

    record: Record
    beside: Record | None = None

    def __repr__(self) -> str:
        return f"<Arm {printable(self.name, 40)}: {len(self.outcomes)} samples>"

    @property
    def name(self) -> str:
        """`unsteered`, `steered`, or a control's."""
        return self.record.arm

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """One a sample, skipped samples included."""
        return self.record.outcomes

    @cached_property
    def facts(self) -> Facts:
        """What its numbers are computed from."""
        unsteered = None if self.beside is None else self.beside.outcomes
        return Facts(self.outcomes, unsteered, self.record.metrics, self.record.evidence.get("scores") or {})

    @property
    def main_metric(self) -> str:
        """The number that the run is about: accuracy, unless its task says otherwise."""
        return str(self.record.evidence.get("main_metric") or "accuracy")

    @property
    def run(self) -> tuple[Outcome, ...]:
        """The outcomes of samples that were not skipped."""
        return tuple(self.facts.ran)

    @property
    def right(self) -> list[bool]:
        """Whether each sample that was run was answered right; no answer is not right."""
        return [right(outcome) for outcome in self.run]

    @property
    def accuracy(self) -> float:
        """Share of right answers among the samples that were run; DataError where there is none."""
        found = self["accuracy"]
        if found is None:
            where = f"in the arm {self.name!r}"
            raise DataError(
                f"no sample {where} has a label, so there is no accuracy"
                if self.run
                else f"no sample was run {where}: every prompt exceeds the context"
            )
        return found

    @property
    def invalid(self) -> bool:
        """Whether a finding says that the arm's numbers mean nothing."""
        return any(map(means_nothing, self.record.findings))

    def against(self, other: Arm) -> Pairing:
        """Return the samples that both arms ran, as (other, this)."""
        return pair(other.outcomes, self.outcomes)

    def estimate(self, name: str) -> Estimate:
        """Return a number with its 95 % interval.

        Raises:
            DataError: No metric has that name.
        """
        return estimate(self.facts, name)

    def __getitem__(self, name: str) -> float | None:
        """Return a number by name; one that the registry does not know, as the record holds it."""
        scores = self.facts.scores
        if find(name, scores) is None and name in self.record.metrics:
            return self.record.metrics[name]
        return metric(name, scores).value(self.facts)
