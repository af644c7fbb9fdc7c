"""What a test may expect of a result; decided by 95 % intervals, and undecided where they are too wide.

All expectations of a test have to hold, so their intervals need no correction. Differences from the unsteered
arm are tested against none as well; those p-values are adjusted by Holm's method over all that were expected
of one result so far, and an earlier one that no longer holds fails the test then.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Comparison, Estimate, estimated_change
from pytest_steering.comparison.guards import guarded
from pytest_steering.comparison.metrics import metric
from pytest_steering.errors import DataError
from pytest_steering.findings import examine
from pytest_steering.statistics import holm, scaled_samples

LEVEL = 0.05


class ExpectationFailed(AssertionError):  # noqa: N818 - it fails a test, it is no error
    """A success criterion was not met, or the samples cannot settle it; the message says which."""


@dataclass(frozen=True)
class Expectation:
    """A number of one arm, about to be judged.

    Attributes:
        comparison: The run.
        metric: Name of the number.
        arm: Whose number.
        claims: The p-values of the differences expected so far, by what was expected; this one's are added.
    """

    comparison: Comparison
    metric: str
    arm: str
    claims: dict[str, float]

    def improves(self, by: float = 0.0) -> None:
        """Expect the number to be better than unsteered by at least `by`: lower where lower is better.

        Raises:
            ExpectationFailed: As `rises`, or `drops` where lower is better.
        """
        scores = self.comparison[self.arm].facts.scores
        better = metric(self.metric, scores).better
        self.drops(by) if better == "lower" else self.rises(by)

    def rises(self, by: float = 0.0) -> None:
        """Expect the number to be higher than unsteered by at least `by` (of the metric's own unit).

        Raises:
            ExpectationFailed: The lower end of the paired 95 % interval of the difference lies below `by`,
                the difference is not significant beside the others that were expected, or the answers are
                broken text.
        """
        change = self._from_unsteered()
        asked = f"{self._name} to rise by at least {by:g} over unsteered"
        self._decide(change, change.low >= by and change.low > 0.0, change.high < by, asked, by)
        self._claim(change, asked)

    def drops(self, by: float = 0.0) -> None:
        """Expect the number to be lower than unsteered by at least `by` (of the metric's own unit).

        Raises:
            ExpectationFailed: The upper end of the paired 95 % interval of the difference lies above −`by`,
                the difference is not significant beside the others that were expected, or the answers are
                broken text.
        """
        change = self._from_unsteered()
        asked = f"{self._name} to drop by at least {by:g} under unsteered"
        self._decide(change, change.high <= -by and change.high < 0.0, change.low > -by, asked, -by)
        self._claim(change, asked)

    def shows_no_effect(self) -> None:
        """Expect that nothing is shown: no difference from unsteered that a random direction has not too.

        A random direction whose answers are broken text, or that has no such number, excuses nothing. It is
        no proof that there is no effect; `stays(within=…)` is.

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference lies beside zero, and the difference
                is larger than that of every random direction; or the answers are broken text.
        """
        change = self._from_unsteered()
        whole = [arm for arm in self.comparison.random if guarded(self.comparison, arm.name).kept]
        estimates = [self._change(self.comparison[UNSTEERED], arm) for arm in whole]
        beside = [abs(one.number) for one in estimates if one.value is not None]
        shown = not change.low <= 0.0 <= change.high and all(abs(change.number) > one for one in beside)
        largest = f", random directions up to {max(beside):.3g}" if beside else ""
        self._decide(change, not shown, shown, f"no effect on {self._name}{largest}", 0.0)

    def unchanged(self, within: float) -> None:
        """Expect what `stays` expects."""
        self.stays(within)

    def stays(self, within: float) -> None:
        """Expect the number to differ from unsteered by at most `within`: equivalence, not a lack of proof.

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference does not lie within ± `within`, or
                the answers are broken text.
        """
        change = self._from_unsteered()
        inside = -within <= change.low and change.high <= within
        outside = change.low > within or change.high < -within
        nearer = -within if change.number < 0 else within
        self._decide(change, inside, outside, f"{self._name} to stay within {within:g} of unsteered", nearer)

    def at_least(self, bound: float) -> None:
        """Expect the number to be at least `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or above `bound`.
        """
        found = self.comparison[self.arm].estimate(self.metric)
        asked = f"{self._name} of at least {bound:g}"
        self._decide(found, found.low >= bound, found.high < bound, asked, bound)

    def at_most(self, bound: float) -> None:
        """Expect the number to be at most `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or below `bound`.
        """
        found = self.comparison[self.arm].estimate(self.metric)
        asked = f"{self._name} of at most {bound:g}"
        self._decide(found, found.high <= bound, found.low > bound, asked, bound)

    def monotone(self) -> None:
        """Expect the number to rise from the unsteered model over each part of the scale to the whole.

        It needs arms at parts of the scale: `steering.run(..., doses=(0.25, 0.5, 0.75))`.

        Raises:
            ExpectationFailed: The whole rise is not certain, or a step certainly falls.
            DataError: There are no arms at parts of the scale.
        """
        arms = self.comparison.doses
        if len(arms) < 3:
            raise DataError("monotone() needs arms at parts of the scale: steering.run(..., doses=(0.5,))")
        steps = [self._change(one, other) for one, other in pairwise(arms)]
        falling = [arms[i + 1].name for i, step in enumerate(steps) if step.high < 0]
        whole = self._change(self.comparison[UNSTEERED], self.comparison[STEERED])
        asked = f"{self.metric} to rise with the scale" + (f", but it falls at {falling}" if falling else "")
        refuted = bool(falling) or whole.high < 0
        self._decide(whole, whole.low > 0 and not refuted, refuted, asked, 0.0)
        self._claim(whole, asked)

    def _from_unsteered(self) -> Estimate:
        return self._change(self.comparison[UNSTEERED], self.comparison[self.arm])

    @property
    def _name(self) -> str:
        return f"{self.arm} {self.metric}"

    def _change(self, before: Arm, after: Arm) -> Estimate:
        return estimated_change(after.against(before), self.metric)

    def _decide(self, found: Estimate, met: bool, refuted: bool, asked: str, threshold: float) -> None:
        self._require_valid(asked)
        if found.value is None:
            raise DataError(f"expected {asked}, but it is undefined here: {found.why}")
        if met:
            return
        verdict = "not met" if refuted else _inconclusive(found, threshold)
        raise ExpectationFailed(f"expected {asked}: {verdict}; found {_shown(found)}")

    def _require_valid(self, asked: str) -> None:
        """Refuse to judge a number that means nothing."""
        wrong = [
            f"{one.id}: {one.sentence}. {one.kind.advice}"
            for one in examine(self.comparison)
            if one.severity == "invalid"
        ]
        text = guarded(self.comparison, self.arm)
        if self.arm != STEERED and not text.kept:  # of the steered arm a finding says so
            wrong.append(str(text))
        if wrong:
            listed = "\n".join(f"  {one}" for one in wrong)
            raise ExpectationFailed(f"expected {asked}, but the run says nothing about it:\n{listed}")

    def _claim(self, change: Estimate, asked: str) -> None:
        """Hold this difference and all earlier ones against Holm's adjusted level."""
        claims = self.claims
        claims[asked] = 1.0 if change.p is None else change.p
        adjusted = dict(zip(claims, map(float, holm(list(claims.values()))), strict=True))
        lost = [name for name, p in adjusted.items() if p > LEVEL]
        if lost:
            raise ExpectationFailed(
                f"expected {lost[0]}: not significant among the {len(claims)} differences expected of this "
                f"result; p {claims[lost[0]]:.3g}, adjusted by Holm {adjusted[lost[0]]:.3g}"
            )


def _inconclusive(found: Estimate, threshold: float) -> str:
    said = f"inconclusive with {found.samples} samples"
    needed = scaled_samples(found.samples, found.number, found.interval, threshold) if found.samples else None
    if needed is None:
        return f"{said}, and the estimate lies too close to {threshold:g} for more samples to settle it soon"
    return f"{said}; about {max(needed, found.samples + 1)} would settle it if the estimate stays"


def _shown(found: Estimate) -> str:
    p = "" if found.p is None else f", p against no change {found.p:.3g}"
    return f"{found.number:+.4g}, 95 % interval [{found.low:+.4g}, {found.high:+.4g}]{p}, n = {found.samples}"
