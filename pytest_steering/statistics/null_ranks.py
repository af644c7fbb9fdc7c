"""Where an effect stands among the effects of several kinds of directions that mean nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pytest_steering.statistics.permutation import Rank, rank_among


@dataclass(frozen=True)
class NullRanks:
    """An effect and those of null directions.

    Whatever null an effect is in truth a draw of, its p among draws of that null is at most α with a chance
    of at most α, and the largest p over all nulls is no smaller: that one decides.

    Attributes:
        effect: Signed.
        nulls: Effects of the directions of each null, by its name.
    """

    effect: float
    nulls: Mapping[str, Sequence[float]]

    @cached_property
    def ranks(self) -> dict[str, Rank]:
        """The effect's place among each null's, by size whatever the sign."""
        return {name: rank_among(self.effect, list(found)) for name, found in self.nulls.items()}

    @property
    def hardest(self) -> str:
        """The null that the effect stands out from least."""
        return max(self.ranks, key=lambda name: (self.ranks[name].p, -self.ranks[name].ratio))

    @property
    def p(self) -> float:
        """The largest p of all nulls."""
        return self.ranks[self.hardest].p

    @property
    def ratio(self) -> float:
        """|effect| over the largest of all null effects; above 1 only where p is as small as it can be."""
        return min(rank.ratio for rank in self.ranks.values())

    def as_large(self, name: str) -> int:
        """Return how many directions of a null have an effect at least as large."""
        return self.ranks[name].rank - 1
