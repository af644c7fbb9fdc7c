"""What one experiment found: its arms, their outcomes and numbers, and what may be expected of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments.baselines import baseline_expected
from pytest_steering.experiments.moved import Moved, what_moved
from pytest_steering.findings import Finding, examine
from pytest_steering.statistics import PairedCounts, mcnemar, paired_counts

if TYPE_CHECKING:
    from pytest_steering.evaluation.metrics import Metrics
    from pytest_steering.experiments.expectations import Expectation
    from pytest_steering.records import Outcome, Record
    from pytest_steering.steering.intervention import Intervention

UNSTEERED, STEERED = "unsteered", "steered"


@dataclass(frozen=True)
class Arm:
    """One condition.

    Attributes:
        name: `unsteered`, `steered`, or a control's.
        intervention: What was added; None for the unsteered arm.
        outcomes: One a sample, skipped samples included.
        metrics: Over the samples that were run.
        record: As it was written.
    """

    name: str
    intervention: Intervention | None
    outcomes: tuple[Outcome, ...]
    metrics: Metrics
    record: Record

    @property
    def run(self) -> tuple[Outcome, ...]:
        """The outcomes of samples that were not skipped."""
        return tuple(outcome for outcome in self.outcomes if not outcome.skipped)

    @property
    def right(self) -> list[bool]:
        """Whether each sample that was run was answered right; no answer is not right."""
        return [outcome.correct is True for outcome in self.run]

    @property
    def accuracy(self) -> float:
        """Share of right answers among the samples that were run; raises DataError where none was."""
        if not self.right:
            raise DataError(f"no sample was run in the arm {self.name!r}: every prompt exceeds the context")
        return sum(self.right) / len(self.right)

    def where_both_ran(self, other: Arm) -> tuple[Arm, Arm]:
        """Return both arms without what either skipped: words before a question may not fit any more."""
        pairs = zip(self.outcomes, other.outcomes, strict=True)
        kept = [not (one.skipped or another.skipped) for one, another in pairs]
        mine, theirs = (
            replace(arm, outcomes=tuple(o for o, keep in zip(arm.outcomes, kept, strict=True) if keep))
            for arm in (self, other)
        )
        return mine, theirs

    def __getitem__(self, metric: str) -> float | None:
        """Return a number by name; what the record adds to the metrics is found too."""
        if metric in self.record.metrics:
            return self.record.metrics[metric]
        return self.metrics[metric]


@dataclass(frozen=True)
class Result:
    """All arms of one run.

    Attributes:
        arms: By name; `unsteered` and `steered` are always there.
        claims: The p-values of the differences expected so far, by what was expected.
        sink: Gets the record by which a test expects a baseline.
    """

    arms: Mapping[str, Arm]
    claims: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    sink: Callable[[Record], None] = field(default=lambda _record: None, repr=False, compare=False)

    @property
    def unsteered(self) -> Arm:
        """The model alone."""
        return self.arms[UNSTEERED]

    @property
    def steered(self) -> Arm:
        """The model under the intervention."""
        return self.arms[STEERED]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the run or limits it, the worst first; computed from the records alone."""
        return examine({name: arm.record for name, arm in self.arms.items()})

    @property
    def moved(self) -> Moved:
        """What steering moved: the model's judgement, its threshold, or its bias alone."""
        return what_moved(self.unsteered.outcomes, self.steered.outcomes)

    @property
    def doses(self) -> list[Arm]:
        """The unsteered arm, those at a part of the scale in ascending order, and the steered one."""
        parts = {name: float(name.partition(":")[2]) for name in self.arms if name.startswith("dose:")}
        ordered = sorted(parts, key=lambda name: parts[name])
        return [self.unsteered, *(self.arms[name] for name in ordered), self.steered]

    @property
    def random(self) -> list[Arm]:
        """The arms of random directions."""
        return [arm for name, arm in self.arms.items() if name.startswith("random")]

    def __getitem__(self, name: str) -> Arm:
        if name not in self.arms:
            raise DataError(f"this run has no arm {name!r}; it has {', '.join(self.arms)}")
        return self.arms[name]

    def expect(self, metric: str, arm: str = STEERED) -> Expectation:
        """Return what can be asserted of a number of one arm.

        Args:
            metric: Such as `balanced_accuracy`, `auroc`, `neutral_kl`, `off_target_accuracy`.
            arm: Whose.
        """
        from pytest_steering.experiments.expectations import Expectation

        return Expectation(self, metric, arm)

    def expect_baseline(self, arm: str = STEERED) -> None:
        """Hold an arm against its accepted baseline when the whole run has finished; this fails no test.

        Args:
            arm: Whose answers are compared, sample by sample.
        """
        self.sink(baseline_expected(self[arm].record, self.unsteered.record))

    def against_unsteered(self, arm: str = STEERED, cwe: str | None = None) -> PairedCounts:
        """Count paired samples by whether they were right unsteered and are right in an arm.

        Args:
            arm: Compared with the unsteered one.
            cwe: Only samples that ask about this weakness.
        """
        before, after = self.unsteered.where_both_ran(self[arm])
        chosen = [cwe in (None, outcome.asked_cwe) for outcome in before.run]
        return paired_counts(_kept(before.right, chosen), _kept(after.right, chosen))

    def p_value(self, arm: str = STEERED) -> float:
        """Return the exact two-sided McNemar p of an arm against the unsteered one."""
        counts = self.against_unsteered(arm)
        return mcnemar(counts.broken, counts.fixed)

    @property
    def cwes(self) -> list[str]:
        """The weaknesses asked about, in order."""
        return sorted({o.asked_cwe for o in self.steered.run}, key=lambda cwe: int(cwe.rpartition("-")[2]))

    def flipped(self, arm: str = STEERED) -> list[tuple[Outcome, Outcome]]:
        """Return the samples whose verdict differs from the unsteered one, as (unsteered, arm)."""
        before, after = self.unsteered.where_both_ran(self[arm])
        pairs = zip(before.run, after.run, strict=True)
        return [(one, other) for one, other in pairs if one.predicted != other.predicted]


def _kept(values: Sequence[bool], chosen: Sequence[bool]) -> list[bool]:
    return [value for value, keep in zip(values, chosen, strict=True) if keep]
