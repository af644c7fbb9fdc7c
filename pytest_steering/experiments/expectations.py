"""What a test may expect of a result; decided by 95 % intervals, and undecided where they are too wide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments.estimates import Estimate, estimate, paired_change
from pytest_steering.experiments.result import UNSTEERED

if TYPE_CHECKING:
    from pytest_steering.experiments.result import Result


class ExpectationFailed(AssertionError):  # noqa: N818 - it fails a test, it is no error
    """A success criterion was not met, or the samples cannot settle it; the message says which."""


@dataclass(frozen=True)
class Expectation:
    """A number of one arm, about to be judged.

    Attributes:
        result: The run.
        metric: Name of the number.
        arm: Whose number.
    """

    result: Result
    metric: str
    arm: str

    def improves(self, by: float = 0.0) -> None:
        """Expect the number to be higher than unsteered by at least `by` (of the metric's own unit).

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference does not lie above `by`.
        """
        change = paired_change(self.result[self.arm], self.result[UNSTEERED], self.metric)
        asked = f"{self._name} to rise by at least {by:g} over unsteered"
        self._decide(change, change.low >= by and change.low > 0.0, change.high < by, asked)

    def unchanged(self, within: float) -> None:
        """Expect the number to differ from unsteered by at most `within`.

        Raises:
            ExpectationFailed: The paired 95 % interval of the difference does not lie within ± `within`.
        """
        change = paired_change(self.result[self.arm], self.result[UNSTEERED], self.metric)
        inside = -within <= change.low and change.high <= within
        outside = change.low > within or change.high < -within
        self._decide(change, inside, outside, f"{self._name} to stay within {within:g} of unsteered")

    def at_least(self, bound: float) -> None:
        """Expect the number to be at least `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or above `bound`.
        """
        found = estimate(self.result[self.arm], self.metric)
        self._decide(found, found.low >= bound, found.high < bound, f"{self._name} of at least {bound:g}")

    def at_most(self, bound: float) -> None:
        """Expect the number to be at most `bound`.

        Raises:
            ExpectationFailed: Its 95 % interval does not lie at or below `bound`.
        """
        found = estimate(self.result[self.arm], self.metric)
        self._decide(found, found.high <= bound, found.low > bound, f"{self._name} of at most {bound:g}")

    @property
    def _name(self) -> str:
        return f"{self.arm} {self.metric}"

    def _decide(self, found: Estimate, met: bool, refuted: bool, asked: str) -> None:
        if met:
            return
        if found.value is None:
            raise DataError(f"expected {asked}, but it is undefined here: {found.why}")
        verdict = "not met" if refuted else f"inconclusive with {found.samples} samples"
        raise ExpectationFailed(
            f"expected {asked}: {verdict}; found {found.value:+.4g}, "
            f"95 % interval [{found.low:+.4g}, {found.high:+.4g}], n = {found.samples}"
        )
