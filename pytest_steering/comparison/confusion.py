"""Answers by label: how many of each kind there are, and whether they are all the same answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.records import Outcome

NEVER = "never answers"


@dataclass(frozen=True)
class Confusion:
    """Counts of answers by label; the positive class is *the property is present*.

    Attributes:
        tp: Present, answered yes.
        fn: Present, answered no.
        fp: Absent, answered yes.
        tn: Absent, answered no.
        unanswered_present: Present, without a readable answer.
        unanswered_absent: Absent, without a readable answer.
    """

    tp: int
    fn: int
    fp: int
    tn: int
    unanswered_present: int
    unanswered_absent: int

    @property
    def answered(self) -> int:
        """Samples with a readable answer."""
        return self.tp + self.fn + self.fp + self.tn

    @property
    def n(self) -> int:
        """All samples."""
        return self.answered + self.unanswered_present + self.unanswered_absent

    @property
    def constant(self) -> str | None:
        """`always yes`, `always no` or `never answers` where nothing else was said; else None."""
        if not self.answered:
            return NEVER if self.n else None
        if not self.fn + self.tn:
            return "always yes"
        return None if self.tp + self.fp else "always no"


def confusion(outcomes: Iterable[Outcome]) -> Confusion:
    """Count answers by label."""
    seen = Counter((one.expected, one.predicted) for one in outcomes)
    return Confusion(
        tp=seen["yes", "yes"],
        fn=seen["yes", "no"],
        fp=seen["no", "yes"],
        tn=seen["no", "no"],
        unanswered_present=seen["yes", "none"],
        unanswered_absent=seen["no", "none"],
    )
