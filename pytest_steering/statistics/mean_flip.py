"""The sign-flip test of a mean change: all signs where few clusters changed, drawn ones where many did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Alternative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats

EXACT = 12
"""With no more changed clusters than this, all signs are tried."""

MOST = 99_999
"""Signs drawn at most: the smallest p is 1e-5, which 2,000 cells at a run's alpha of 0.02 still can reach."""

ENOUGH = 50
"""So many draws that reach the sum settle p to a seventh of itself, and no more are drawn."""

ROUNDING = 1e-9
"""Two sums that differ by less than this, relative to all changes together, are tied."""

_AT_ONCE = 250


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
    until 50 draws reached the sum after L: p = 50 / L; else, after 99,999, p is (reached + 1) / 100,000
    (Besag & Clifford 1991, Biometrika 78:301). The draws are the same each time, and neither the order of
    the clusters nor those without a change matter.

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

    p, before = np.full(len(sizes), np.nan), np.zeros(len(sizes), dtype=np.int64)
    for start, signs in _chunks(sizes.shape[1]):
        own = np.flatnonzero(np.isnan(p))
        if not own.size:
            break
        hits = sizes[own] @ signs >= reached[own, None]
        settled = before[own] + hits.sum(axis=1) >= ENOUGH
        counts = before[own[settled], None] + np.cumsum(hits[settled], axis=1)
        p[own[settled]] = ENOUGH / (start + 1 + np.argmax(counts >= ENOUGH, axis=1))
        before[own] += hits.sum(axis=1)
    return np.where(np.isnan(p), (before + 1) / (MOST + 1), p)


def _chunks(clusters: int) -> Iterator[tuple[int, Floats]]:
    """Yield how many signs were drawn before, and the next: [clusters, draws].

    A cluster's signs are the same however many clusters come after it.
    """
    import numpy as np

    for start in range(0, MOST, _AT_ONCE):
        size = (clusters, min(_AT_ONCE, MOST - start))
        drawn = np.random.default_rng(start).integers(0, 2, size=size, dtype=np.int8)
        yield start, 2 * drawn.astype(np.float64) - 1
