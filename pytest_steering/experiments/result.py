"""What one experiment found: a view on the comparison of its arms, and what may be expected of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Comparison, Moved, what_moved
from pytest_steering.experiments.baseline_expectation import baseline_expected, held_by
from pytest_steering.experiments.expectations import Expectation
from pytest_steering.findings import Finding, examine
from pytest_steering.printable import printable
from pytest_steering.records import Outcome, Record
from pytest_steering.statistics import PairedCounts


@dataclass(frozen=True, repr=False)
class Result:
    """All arms of one run.

    Attributes:
        comparison: Its arms; `unsteered` and `steered` are always there.
        claims: The p-values of the differences expected so far, by what was expected.
        sink: Gets the records by which a test expects a baseline, and a difference.
        prompts: Of the samples, by their ids; a failed expectation shows those that tell most.
    """

    comparison: Comparison
    claims: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    sink: Callable[[Record], None] = field(default=lambda _record: None, repr=False, compare=False)
    prompts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        first = next(iter(self.arms.values()), None)
        told = (first.record.experiment, first.record.model) if first else ()
        about = printable(" on ".join(filter(None, told)), 120)
        arms = printable(", ".join(self.arms), 120)
        samples = len(first.outcomes) if first else 0
        return (
            f"<Result{f' of {about}' if about else ''}: {samples} samples in {len(self.arms)} arms: {arms}>"
        )

    @property
    def arms(self) -> Mapping[str, Arm]:
        """Every arm by name."""
        return self.comparison.arms

    @property
    def unsteered(self) -> Arm:
        """The model alone."""
        return self.comparison.unsteered

    @property
    def steered(self) -> Arm:
        """The model under the intervention."""
        return self.comparison.steered

    @property
    def doses(self) -> list[Arm]:
        """The unsteered arm, those at a part of the scale in ascending order, and the steered one."""
        return self.comparison.doses

    @property
    def random(self) -> list[Arm]:
        """The arms of random directions."""
        return self.comparison.random

    @property
    def groups(self) -> list[str]:
        """What the samples are broken down by, such as topics, in natural order."""
        return self.comparison.groups

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the run or limits it, the worst first; computed from the records alone."""
        return examine(self.comparison)

    @property
    def moved(self) -> Moved:
        """What steering moved: the model's judgement, its threshold, or its bias alone."""
        return what_moved(self.comparison.pairing())

    def __getitem__(self, name: str) -> Arm:
        return self.comparison[name]

    def expect(self, metric: str, arm: str = STEERED, *, against: str = UNSTEERED) -> Expectation:
        """Return what can be asserted of a number of one arm; a test that asserts nothing then fails.

        Args:
            metric: Such as `balanced_accuracy`, `auroc`, `neutral_kl`, `off_target_accuracy`, or a score.
            arm: Whose.
            against: The arm that it is compared with, such as `prompted` or `threshold`.

        Raises:
            DataError: There is no such number or arm; the message names those that there are.
        """
        return Expectation(self.comparison, metric, arm, self.claims, against, self.sink, self.prompts)

    def expect_baseline(
        self, arm: str = STEERED, *, metric: str | None = None, margin: float | None = None
    ) -> None:
        """Hold an arm against its accepted baseline when the whole run has finished; this fails no test.

        Args:
            arm: Whose answers are compared, sample by sample.
            metric: The number that is held: `accuracy`, a score, or a metric that is a mean or a share of
                samples; None for the one that the task is about.
            margin: The fall that is tolerated, in the metric's own unit; None for ten points of accuracy, and
                0.3 standard deviations of the accepted numbers of anything else.

        Raises:
            DataError: There is no such number, or the margin is not above 0.
        """
        held = held_by(self.comparison, metric, margin)
        self.sink(baseline_expected(self[arm].record, self.unsteered.record, **held))

    def against_unsteered(self, arm: str = STEERED, group: str | None = None) -> PairedCounts:
        """Count paired samples by whether they were right unsteered and are right in an arm.

        Args:
            arm: Compared with the unsteered one.
            group: Only samples of this group, such as a topic.
        """
        both = self[arm].against(self.unsteered)
        return both.only(lambda before, _: group in (None, before.group)).counts()

    def p_value(self, arm: str = STEERED) -> float:
        """Return the exact two-sided p of an arm against the unsteered one, by cluster."""
        return self[arm].against(self[UNSTEERED]).changes().p()

    def flipped(self, arm: str = STEERED) -> list[tuple[Outcome, Outcome]]:
        """Return the samples whose verdict differs from the unsteered one, as (unsteered, arm)."""
        return self[arm].against(self.unsteered).flipped(lambda outcome: outcome.predicted)
