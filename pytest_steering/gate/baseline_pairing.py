"""The samples of a cell beside those of its baseline: what became of them, and which ask another thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pytest_steering.comparison import Changes, Pairing, pair
from pytest_steering.comparison.mean_change import MeanChange, mean_change
from pytest_steering.comparison.outcomes import ran
from pytest_steering.comparison.pairing import Pair
from pytest_steering.gate.baseline_samples import PROMPT_DIGITS
from pytest_steering.gate.gate_verdict import CellComparison
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.gate.guard_falls import Guard, Scores, guards
from pytest_steering.gate.mean_fall import MeanFall
from pytest_steering.gate.near_ties import at_near_tie
from pytest_steering.records import Outcome

SCORED = "scored share"

NO_SCORES: Scores = {}


@dataclass(frozen=True)
class BaselinePairing:
    """The samples of a cell beside those of its baseline.

    Attributes:
        same: Those that ask the same, as (baseline, now).
        changed: Ids whose prompt or label differs.
        gated: What is judged; the outcomes are as it holds them.
        scores: What the run's record says of the task's scores, by name.
    """

    same: Pairing
    changed: tuple[str, ...]
    gated: GatedMetric
    scores: Scores = field(default_factory=dict)

    @property
    def unpaired(self) -> tuple[str, ...]:
        """Ids that only one of the two has."""
        return self.same.unpaired

    @property
    def flips(self) -> list[Pair]:
        """The samples that turned, near-ties among them."""
        return self.same.flipped()

    @property
    def changes(self) -> Changes:
        """How many samples turned; those that did at a near-tie count as unchanged."""
        return self.same.changes(unless=at_near_tie)

    @property
    def numbers(self) -> MeanChange:
        """What became of the numbers of samples that have one in both; a near-tie excuses none of them."""
        return mean_change(self.same, self.gated.number)

    @property
    def unscored(self) -> Changes:
        """How many samples lost their number, and how many gained one."""
        return self.same.changes(self._scored)

    @property
    def lost(self) -> list[Pair]:
        """The samples that had a number and have none."""
        return [pair for pair in self.same.flipped(self._scored) if self._scored(pair[0])]

    @property
    def fallen(self) -> list[Pair]:
        """The samples whose number got worse, the furthest first."""
        falls = [(fall, pair) for pair in self.same.pairs if (fall := self._fall(*pair)) > 0]
        return [pair for _, pair in sorted(falls, key=lambda one: (-round(one[0], 9), one[1][1].id))]

    @cached_property
    def guards(self) -> dict[str, Guard]:
        """What may not get worse beside what is judged, by name."""
        return {one.name: one for one in guards(self.same, self.gated, self.scores)}

    def comparisons(self, key: str, margin: float | None) -> Iterator[CellComparison]:
        """Yield what is judged of a cell, and its guards.

        Judged is what turned; or the mean, and the scored share where that changed.

        Args:
            key: The cell's.
            margin: The fall of what is judged that is tolerated; None for that of all cells.
        """
        fall = MeanFall(self.numbers, self.gated) if self.gated.mean else self.changes
        yield CellComparison(key, fall, self.gated.name, margin)
        if self.gated.mean and self.unscored.turned:
            yield CellComparison(key, self.unscored, SCORED)
        for one in self.guards.values():
            yield CellComparison(key, one.fall, one.name, kind=one.kind)

    def _fall(self, before: Outcome, now: Outcome) -> float:
        first, second = self.gated.number(before), self.gated.number(now)
        return 0.0 if first is None or second is None else self.gated.fall(first, second)

    def _scored(self, outcome: Outcome) -> bool:
        return self.gated.number(outcome) is not None


def beside_baseline(
    baseline: Iterable[Outcome], now: Iterable[Outcome], gated: GatedMetric, scores: Scores = NO_SCORES
) -> BaselinePairing:
    """Compare the samples of a cell with those of its baseline, by id.

    Args:
        baseline: As it was accepted.
        now: As the run has them; their clusters count.
        gated: What is judged.
        scores: What the run's record says of the task's scores, by name.
    """
    both = pair(baseline, gated.held(ran(now)))
    changed = both.only(lambda before, after: _content(before) != _content(after))
    same = both.only(lambda before, after: _content(before) == _content(after))
    return BaselinePairing(same, tuple(before.id for before in changed.before), gated, scores)


def _content(outcome: Outcome) -> tuple[str, str]:
    return outcome.prompt_sha256[:PROMPT_DIGITS], outcome.expected
