"""The samples of a cell beside those of its baseline: which turned, and which are not the same any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.comparison import Changes, Pairing, pair
from pytest_steering.comparison.pairing import Pair
from pytest_steering.gate.baseline_samples import PROMPT_DIGITS
from pytest_steering.records import Outcome


@dataclass(frozen=True)
class BaselinePairing:
    """The samples of a cell beside those of its baseline.

    Attributes:
        same: Those that ask the same, as (baseline, now).
        changed: Ids whose prompt or label differs.
    """

    same: Pairing
    changed: tuple[str, ...]

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


def beside_baseline(baseline: Iterable[Outcome], now: Iterable[Outcome]) -> BaselinePairing:
    """Compare the samples of a cell with those of its baseline, by id.

    Args:
        baseline: As it was accepted.
        now: As the run has them; their clusters count.
    """
    both = pair(baseline, now)
    changed = both.only(lambda before, after: _content(before) != _content(after))
    same = both.only(lambda before, after: _content(before) == _content(after))
    return BaselinePairing(same, tuple(before.id for before in changed.before))


def at_near_tie(before: Outcome, now: Outcome) -> bool:
    """Whether a near-tie of logits explains a flip: the two answers part at a token that nearly tied."""
    return any(_explains(one.tied_at, before.response, now.response) for one in (before, now))


def _content(outcome: Outcome) -> tuple[str, str]:
    return outcome.prompt_sha256[:PROMPT_DIGITS], outcome.expected


def _explains(tied_at: int | None, before: str, now: str) -> bool:
    if tied_at is None:
        return False
    return tied_at == 0 or before.split()[:1] == now.split()[:1]
