"""The samples that two arms both ran, one beside the other: the one place that pairs, and counts flips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_steering.comparison.changes import Changes, ClusterChange
from pytest_steering.comparison.outcomes import Property, ran, right, same_answer
from pytest_steering.records import Outcome
from pytest_steering.statistics import PairedCounts, paired_counts

Pair: TypeAlias = tuple[Outcome, Outcome]
OfPair: TypeAlias = Callable[[Outcome, Outcome], bool]


@dataclass(frozen=True, repr=False)
class Pairing:
    """Two arms on the samples that both ran.

    Attributes:
        pairs: Each sample as (before, after), in the order of the first arm.
        unpaired: Ids that only one of the two ran, sorted.
    """

    pairs: tuple[Pair, ...]
    unpaired: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Pairing of {len(self.pairs)} samples, {len(self.unpaired)} without a partner>"

    @property
    def before(self) -> tuple[Outcome, ...]:
        """The samples in the first arm."""
        return tuple(before for before, _ in self.pairs)

    @property
    def after(self) -> tuple[Outcome, ...]:
        """The same samples in the second arm."""
        return tuple(after for _, after in self.pairs)

    @property
    def clusters(self) -> list[str]:
        """The cluster of each pair, as the second arm has it."""
        return [after.resampled_with for _, after in self.pairs]

    @property
    def broken(self) -> list[Pair]:
        """The samples that were right and are not."""
        return [pair for pair in self.flipped() if right(pair[0])]

    @property
    def fixed(self) -> list[Pair]:
        """The samples that are right and were not."""
        return [pair for pair in self.flipped() if right(pair[1])]

    @property
    def reworded(self) -> list[Pair]:
        """The samples that were answered otherwise: in other tokens, or with another margin alone."""
        return [pair for pair in self.pairs if not same_answer(*pair)]

    def flipped(self, of: Callable[[Outcome], object] = right) -> list[Pair]:
        """Return the samples on which the arms differ.

        Args:
            of: In what; whether the answer is right where nothing else is named.
        """
        return [(before, after) for before, after in self.pairs if of(before) != of(after)]

    def only(self, keep: OfPair) -> Pairing:
        """Return the pairs that satisfy a condition."""
        return Pairing(tuple(pair for pair in self.pairs if keep(*pair)), self.unpaired)

    def counts(self, of: Property = right) -> PairedCounts:
        """Count the samples by whether they had a property before and have it after."""
        return paired_counts([of(one) for one in self.before], [of(one) for one in self.after])

    def changes(
        self, of: Property = right, unless: Callable[[Outcome, Outcome], bool] | None = None
    ) -> Changes:
        """Return how many samples lost a property and how many gained it, alone and by cluster.

        Args:
            of: The property.
            unless: Pairs that count as unchanged whatever became of them.
        """
        return self.counted([pair for pair in self.flipped(of) if unless is None or not unless(*pair)], of)

    def counted(self, flips: Sequence[Pair], of: Property) -> Changes:
        """Count flips, alone and by cluster.

        Args:
            flips: The pairs that count as changed.
            of: The property that they lost or gained.
        """
        broken = Counter(after.resampled_with for before, after in flips if of(before))
        fixed = Counter(after.resampled_with for before, after in flips if of(after))
        clusters = tuple(
            ClusterChange(samples, broken[name], fixed[name])
            for name, samples in Counter(self.clusters).items()
        )
        return Changes(len(self.pairs), fixed.total(), broken.total(), clusters)


def pair(before: Iterable[Outcome], after: Iterable[Outcome]) -> Pairing:
    """Pair two arms sample by sample, by id; of an id that stands more than once the first with the first.

    Args:
        before: One arm; samples that it skipped are left out.
        after: The other.
    """
    first, second = _numbered(before), _numbered(after)
    pairs = tuple((one, second[key]) for key, one in first.items() if key in second)
    return Pairing(pairs, tuple(sorted(name for name, _ in first.keys() ^ second.keys())))


def _numbered(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], Outcome]:
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Outcome] = {}
    for one in ran(outcomes):
        found[one.id, seen[one.id]] = one
        seen[one.id] += 1
    return found
