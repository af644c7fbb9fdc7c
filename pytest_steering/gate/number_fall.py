"""The fall of a guard that is a number of each sample: an exact test, and the least fall that counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.comparison.outcomes import SAME_MARGIN, margin, present
from pytest_steering.comparison.pairing import Pair, Pairing
from pytest_steering.statistics import auroc_of, sign_flip, smallest_p

if TYPE_CHECKING:
    from pytest_steering.statistics import Alternative

STEPS = 100
"""Changes are counted in hundredths of the largest: rounding keeps their signs fair, and the test exact."""

LEAST_AUROC = 0.02
"""AUROC that fell by less is called no regression, however surely it fell."""


@dataclass(frozen=True)
class NumberFall:
    """By how much a number of the samples got worse.

    A number that every sample has moves a little with versions of packages, and of all samples the same way.
    Such a fall can be proven at any size; one below `least` is not taken for one.

    Attributes:
        falls: Of each cluster, summed over its samples; in any unit.
        n: Samples.
        drop: By how much the whole got worse, in its own unit.
        least: The smallest drop that counts.
    """

    falls: tuple[float, ...]
    n: int
    drop: float
    least: float

    @cached_property
    def _steps(self) -> tuple[int, ...]:
        largest = max(map(abs, self.falls), default=0.0)
        steps = (round(STEPS * fall / largest) for fall in self.falls) if largest else ()
        return tuple(step for step in steps if step)

    @property
    def turned(self) -> int:
        """Clusters that changed."""
        return len(self._steps)

    def p(self, alternative: Alternative = "two-sided") -> float:
        """Return the exact sign-flip p by cluster; 1 where the drop is too small to count."""
        small = {"greater": self.drop < self.least, "less": -self.drop < self.least}
        if small.get(alternative, abs(self.drop) < self.least):
            return 1.0
        return sign_flip(self._steps, alternative)

    def smallest_p(self, alternative: Alternative = "two-sided") -> float:
        """Return the smallest p that so many changed clusters can reach."""
        return float(smallest_p(self.turned, alternative))

    def drop_bound(self, _confidence: float) -> float:
        """Return infinity: no bound of a guard is asked for."""
        return math.inf

    def settling_samples(self, _margin: float, _level: float, _confidence: float) -> None:
        """Return None: a guard leaves nothing open."""


def auroc_fall(pairing: Pairing) -> NumberFall | None:
    """Return the fall of AUROC; None where margins of both classes are not known both before and now.

    Margins are ranked among those of both runs together, so that which run a margin is from changes no rank
    (as in the paired test of Venkatraman & Begg 1996, Biometrika 83:835). Each sample's fall is in ranks,
    away from its class, and both classes weigh the same. Margins as near as arithmetic makes them are equal.

    Args:
        pairing: The cell beside its baseline.
    """
    pairs = [pair for pair in pairing.pairs if None not in map(margin, pair)]
    positive = [present(now) for _, now in pairs]
    if not 0 < sum(positive) < len(pairs):
        return None
    before, after = ([margin(pair[at]) or 0.0 for pair in pairs] for at in (0, 1))
    now = list(map(_same, after, before))
    weights = {True: 1 / sum(positive), False: 1 / (len(pairs) - sum(positive))}
    ranks = _ranks([*before, *now])
    falls = [
        (weights[yes] if yes else -weights[yes]) * (first - second)
        for yes, first, second in zip(positive, ranks, ranks[len(pairs) :], strict=False)
    ]
    drop = _auroc(positive, before) - _auroc(positive, now)
    return NumberFall(by_cluster(falls, pairs), len(pairs), drop, LEAST_AUROC)


def by_cluster(falls: Iterable[float], pairs: Sequence[Pair]) -> tuple[float, ...]:
    """Return the falls of pairs, summed by the cluster that the second of each pair belongs to."""
    sums: Counter[str] = Counter()
    for fall, (_, now) in zip(falls, pairs, strict=True):
        sums[now.resampled_with] += fall  # type: ignore[assignment]
    return tuple(sums.values())


def _same(value: float, before: float) -> float:
    return before if value == before or abs(value - before) <= SAME_MARGIN else value


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 1, the mean of theirs for equal values; scipy's take 20 times as long for few."""
    import numpy as np

    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: list[float] = (np.cumsum(counts) - (counts - 1) / 2)[places].tolist()
    return ranks


def _auroc(positive: Sequence[bool], values: Sequence[float]) -> float:
    import numpy as np

    return float(auroc_of([float(yes) for yes in positive], _ranks(values))(np.ones((1, len(values))))[0])
