"""The sign-flip test of a mean change: all signs where few clusters changed, drawn ones where many did."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Alternative

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from pytest_steering.statistics.arrays import Floats, Integers

EXACT = 12
"""With no more changed clusters than this, all signs are tried."""

DRAWS = 100_000
"""Signs drawn at most: the smallest p is 1e-5, which 2,000 cells at a run's alpha of 0.02 still can reach."""

ENOUGH = 50
"""So many draws that reach the sum settle p to a seventh of itself, and no more are drawn."""

ROUNDING = 1e-9
"""Two sums that differ by less than this, relative to all changes together, are tied."""

AT_ONCE = 250
"""Draws at a time."""

POOLS = 40
"""Sets of draws. Were all comparisons held against one, all would share its luck: 33 draws of 100,000 know
the level of a cell among 60 to a sixth of itself."""


def mean_flip(changes: ArrayLike, alternative: Alternative = "two-sided") -> float:
    """Return the p of the sign-flip test on the changes of independent clusters.

    See `mean_flip_tails`.

    Args:
        changes: Sum of the changes of each cluster's samples. [clusters]
        alternative: "greater" asks whether the numbers rose, "less" whether they fell; "two-sided" is twice
            the smaller tail, at most 1.
    """
    import numpy as np

    row = np.asarray(changes, dtype=np.float64).reshape(1, -1)
    sides = {"greater": (row,), "less": (-row,)}.get(alternative, (row, -row))
    return min(1.0, len(sides) * min(float(mean_flip_tails(side)[0]) for side in sides))


def mean_flip_tails(changes: ArrayLike) -> Floats:
    """Return the one-sided p of a rise for many comparisons at once.

    If nothing changed in truth, which of two runs came first is arbitrary, and each cluster's change is as
    likely to have the other sign (Fisher 1935, The Design of Experiments, §21). The sum of all changes is
    held against those under all signs where at most 12 clusters changed. Where more did, signs are drawn
    until 50 draws reached the sum after L: p = 50 / L; else, after all, p is (reached + 1) / 100,001
    (Besag & Clifford 1991, Biometrika 78:301). The same changes have the same draws each time, and neither
    the order of the clusters nor those without a change nor the unit matter.

    Args:
        changes: Sum of the changes of each cluster's samples; 0 for one without. [comparisons, clusters]
    """
    import numpy as np

    given = np.asarray(changes, dtype=np.float64)
    sizes = -np.sort(-np.abs(given), axis=1)
    reached = given.sum(axis=1) - ROUNDING * sizes.sum(axis=1)
    changed, p = np.count_nonzero(sizes, axis=1), np.ones(len(given))
    for few in np.unique(changed[changed <= EXACT]):
        own = changed == few
        p[own] = (sizes[own, :few] @ _all_signs(int(few)) >= reached[own, None]).mean(axis=1)
    many = changed > EXACT
    p[many] = _drawn(sizes[many, : changed.max(initial=0)], reached[many])
    return p


def _all_signs(clusters: int) -> Floats:
    """Return every choice of signs: [clusters, 2^clusters]."""
    import numpy as np

    bits = np.arange(2**clusters)[None, :] >> np.arange(clusters)[:, None]
    return np.asarray(1.0 - 2.0 * (bits & 1), dtype=np.float64)


def _drawn(sizes: Floats, reached: Floats) -> Floats:
    """Return p by drawn signs, each comparison until it is settled."""
    import numpy as np

    p, pools = np.empty(len(sizes)), _pools(sizes)
    for pool in np.unique(pools):
        own = pools == pool
        p[own] = _drawn_from(int(pool), sizes[own], reached[own])
    return p


def _pools(sizes: Floats) -> Integers:
    """Return against which set of draws each comparison is held, by its sizes."""
    import numpy as np

    shares = np.round(1e6 * sizes / sizes[:, :1]).astype(np.int64)
    return np.asarray(shares.sum(axis=1) % POOLS, dtype=np.int64)


def _drawn_from(pool: int, sizes: Floats, reached: Floats) -> Floats:
    """Return p by the signs of one set of draws."""
    import numpy as np

    p, before = np.full(len(sizes), np.nan), np.zeros(len(sizes), dtype=np.int64)
    for count in range(DRAWS // AT_ONCE):
        own = np.flatnonzero(np.isnan(p))
        if not own.size:
            break
        signs = _signs(pool, count, sizes.shape[1])
        hits = sizes[own] @ signs.astype(np.float64) >= reached[own, None]
        settled = before[own] + hits.sum(axis=1) >= ENOUGH
        counts = before[own[settled], None] + np.cumsum(hits[settled], axis=1)
        p[own[settled]] = ENOUGH / (count * AT_ONCE + 1 + np.argmax(counts >= ENOUGH, axis=1))
        before[own] += hits.sum(axis=1)
    return np.where(np.isnan(p), (before + 1) / (DRAWS + 1), p)


@lru_cache(maxsize=DRAWS // AT_ONCE)
def _signs(pool: int, chunk: int, clusters: int) -> NDArray[np.int8]:
    """Return drawn signs: [clusters, draws]. Those of a cluster are the same however many come after it."""
    import numpy as np

    drawn = np.random.default_rng([pool, chunk]).integers(0, 2, size=(clusters, AT_ONCE), dtype=np.int8)
    return np.asarray(2 * drawn - 1, dtype=np.int8)
