"""What a test may expect of a result; decided by 95 % intervals, and undecided where they are too wide.

All expectations of a test have to hold, so their intervals need no correction. Differences from another arm
are tested against none as well; those p-values are adjusted by Holm's method over all that were expected
of one result so far, and an earlier one that no longer holds fails the test then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from itertools import pairwise
from typing import Concatenate, ParamSpec

from pytest_steering import undecided
from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Comparison, Estimate, estimated_change
from pytest_steering.comparison.guards import guarded
from pytest_steering.comparison.metrics import metric
from pytest_steering.errors import DataError
from pytest_steering.experiments.claim_record import claim_record
from pytest_steering.experiments.expectation_verdict import claim, decide
from pytest_steering.experiments.failure_evidence import Evidence
from pytest_steering.records import Record

Asked = ParamSpec("Asked")


def _verb(
    decide: Callable[Concatenate[Expectation, Asked], None],
) -> Callable[Concatenate[Expectation, Asked], None]:
    """Return what decides an expectation, which is then no longer an open one, whatever comes of it."""

    @wraps(decide)
    def decided(self: Expectation, /, *args: Asked.args, **named: Asked.kwargs) -> None:
        self.begun.decided = True
        decide(self, *args, **named)

    return decided


@dataclass(frozen=True)
class Expectation:
    """A number of one arm, about to be judged.

    Attributes:
        comparison: The run.
        metric: Name of the number.
        arm: Whose number.
        claims: The p-values of the differences expected so far, by what was expected; this one's are added.
        against: The arm that the number is compared with by verbs that compare.
        told: Gets the record of each difference that is expected, whatever comes of it.
        prompts: Of the samples, by their ids, for who reads a failure.
        begun: Says whether a verb has decided it.

    Raises:
        DataError: No metric or score has that name, or there is no such arm.
    """

    comparison: Comparison
    metric: str
    arm: str
    claims: dict[str, float]
    against: str = UNSTEERED
    told: Callable[[Record], None] = field(default=lambda _record: None, repr=False, compare=False)
    prompts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    begun: undecided.Begun = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what there is none of, and remember that no verb has decided yet."""
        metric(self.metric, self.comparison[self.arm].facts.scores)
        _ = self.comparison[self.against]
        object.__setattr__(self, "begun", undecided.begin(self._name))

    @_verb
    def improves(self, by: float = 0.0) -> None:
        """Expect the number to be better than the other arm's by at least `by`: lower where that is better.

        Raises:
            ExpectationFailed: As `rises`, or `drops` where lower is better.
        """
        scores = self.comparison[self.arm].facts.scores
        better = metric(self.metric, scores).better
        self.drops(by) if better == "lower" else self.rises(by)

    @_verb
    def rises(self, by: float = 0.0) -> None:
        """Expect the number to be higher than the other arm's by at least `by` (of the metric's own unit).

        Raises:
            ExpectationFailed: The lower end of the paired 95 % interval of the difference lies below `by`,
                the difference is not significant beside the others that were expected, or the answers are
                broken text.
        """
        change = self._from_other()
        asked = f"{self._name} to rise by at least {by:g} over {self.against}"
        self._claim(change, change.low >= by and change.low > 0.0, change.high < by, asked, by, 1)

    @_verb
    def drops(self, by: float = 0.0) -> None:
        """Expect the number to be lower than the other arm's by at least `by` (of the metric's own unit).

        Raises:
            ExpectationFailed: The upper end of the paired 95 % interval of the difference lies above −`by`,
                the difference is not significant beside the others that were expected, or the answers are
                broken text.
        """
        change = self._from_other()
        asked = f"{self._name} to drop by at least {by:g} under {self.against}"
        self._claim(change, change.high <= -by and change.high < 0.0, change.low > -by, asked, -by, -1)

    @_verb
    def shows_no_effect(self) -> None:
        """Expect that nothing is shown: no difference from unsteered that a random direction has not too.

        A random direction whose answers are broken text, or that has no such number, excuses nothing. It is
        no proof that there is no effect; `stays(within=…)` is.

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference lies beside zero, and the difference
                is larger than that of every random direction; or the answers are broken text.
        """
        self._require_unsteered("shows_no_effect")
        change = self._from_other()
        whole = [arm for arm in self.comparison.random if guarded(self.comparison, arm.name).kept]
        estimates = [self._change(self.comparison[UNSTEERED], arm) for arm in whole]
        beside = [abs(one.number) for one in estimates if one.value is not None]
        shown = not change.low <= 0.0 <= change.high and all(abs(change.number) > one for one in beside)
        largest = f", random directions up to {max(beside):.3g}" if beside else ""
        self._decide(change, not shown, shown, f"no effect on {self._name}{largest}", 0.0)

    @_verb
    def unchanged(self, within: float) -> None:
        """Expect what `stays` expects."""
        self.stays(within)

    @_verb
    def stays(self, within: float) -> None:
        """Expect the number to differ from the other arm's by at most `within`: that it is as good as equal.

        It is equivalence, not a lack of proof.

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference does not lie within ± `within`, or
                the answers are broken text.
        """
        change = self._from_other()
        inside = -within <= change.low and change.high <= within
        outside = change.low > within or change.high < -within
        nearer = -within if change.number < 0 else within
        asked = f"{self._name} to stay within {within:g} of {self.against}"
        self._decide(change, inside, outside, asked, nearer)

    @_verb
    def at_least(self, bound: float) -> None:
        """Expect the number to be at least `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or above `bound`.
        """
        found = self._alone("at_least")
        asked = f"{self._name} of at least {bound:g}"
        self._decide(found, found.low >= bound, found.high < bound, asked, bound, 1)

    @_verb
    def at_most(self, bound: float) -> None:
        """Expect the number to be at most `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or below `bound`.
        """
        found = self._alone("at_most")
        asked = f"{self._name} of at most {bound:g}"
        self._decide(found, found.high <= bound, found.low > bound, asked, bound, -1)

    @_verb
    def monotone(self) -> None:
        """Expect the number to rise from the unsteered model over each part of the scale to the whole.

        It needs arms at parts of the scale: `steering.run(..., doses=(0.25, 0.5, 0.75))`.

        Raises:
            ExpectationFailed: The whole rise is not certain, or a step certainly falls.
            DataError: There are no arms at parts of the scale.
        """
        self._require_unsteered("monotone")
        arms = self.comparison.doses
        if len(arms) < 3:
            raise DataError("monotone() needs arms at parts of the scale: steering.run(..., doses=(0.5,))")
        steps = [self._change(one, other) for one, other in pairwise(arms)]
        falling = [arms[i + 1].name for i, step in enumerate(steps) if step.high < 0]
        whole = self._change(self.comparison[UNSTEERED], self.comparison[STEERED])
        asked = f"{self.metric} to rise with the scale" + (f", but it falls at {falling}" if falling else "")
        refuted = bool(falling) or whole.high < 0
        self._claim(whole, whole.low > 0 and not refuted, refuted, asked, 0.0, 1)

    def _from_other(self) -> Estimate:
        if self.arm == self.against:
            raise DataError(f"{self._name} is expected against itself; name another arm")
        return self._change(self.comparison[self.against], self.comparison[self.arm])

    def _alone(self, verb: str) -> Estimate:
        self._require_unsteered(verb)
        return self.comparison[self.arm].estimate(self.metric)

    def _require_unsteered(self, verb: str) -> None:
        """Refuse to compare with a named arm where the verb compares with none, or always with the same."""
        if self.against != UNSTEERED:
            raise DataError(
                f"{verb} compares nothing with {self.against!r}: leave against= out, or expect "
                "improves, rises, drops or stays"
            )

    @property
    def _name(self) -> str:
        return f"{self.arm} {self.metric}"

    def _change(self, before: Arm, after: Arm) -> Estimate:
        return estimated_change(after.against(before), self.metric)

    def _claim(
        self, change: Estimate, met: bool, refuted: bool, asked: str, threshold: float, toward: int
    ) -> None:
        """Decide on a difference, beside all others that were expected, and tell what came of it."""
        holds = False
        try:
            self._decide(change, met, refuted, asked, threshold, toward)
            claim(self.claims, change, asked, self._evidence(toward))
            holds = True
        finally:
            self.told(claim_record(self.comparison[self.arm].record, asked, change.p, holds))

    def _decide(
        self, found: Estimate, met: bool, refuted: bool, asked: str, threshold: float, toward: int = 0
    ) -> None:
        arms, shown = (self.arm, self.against), self._evidence(toward)
        decide(self.comparison, arms, found, met, refuted, asked, threshold, shown)

    def _evidence(self, toward: int) -> Evidence:
        return Evidence(self.comparison, self.metric, self.arm, self.against, toward, self.prompts)
