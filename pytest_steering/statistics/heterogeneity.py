"""Is the effect the same in every group, or does one carry it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import codes, require, same_length, vector
from pytest_steering.statistics.distributions import chi_squared_above

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats, Integers


class Heterogeneity(NamedTuple):
    """Cochran's Q of the paired effects of groups.

    Attributes:
        q: weighted squared distance of the groups' effects from their mean.
        degrees: groups − 1.
        p: by permuting clusters between groups; the one to decide by.
        chi_square_p: by the χ² approximation, poor where few samples changed.
        i_squared: share of the spread beyond chance, max(0, (Q − degrees) / Q).
        effects: mean change of each group, in the order in which the groups first appear.
    """

    q: float
    degrees: int
    p: float
    chi_square_p: float
    i_squared: float
    effects: dict[Hashable, float]


def cochran_q(
    changes: ArrayLike,
    groups: Sequence[Hashable],
    clusters: Sequence[Hashable] | None = None,
    *,
    permutations: int = 9999,
    seed: int = 0,
) -> Heterogeneity:
    """Test whether a paired effect is the same in every group.

    This is the Q of inverse-variance meta-analysis (Cochran 1954, Biometrics 10:101; Hedges & Olkin 1985,
    ch. 6), not the Q of several treatments on the same items: Q = Σ w(d − d̄)², where d is a group's mean
    change, w = 1 / v and d̄ = Σwd / Σw. v = (Σ(s − d·m)² + u) / M² over the group's clusters: a cluster of m
    samples has the summed change s, M is the group's number of samples, and u is the mean of s² over clusters
    with s ≠ 0 (1 for single right/wrong samples), so that a group in which nothing changed still has a
    variance. p permutes clusters between groups, which is exact if their changes are exchangeable.

    Args:
        changes: after − before, one a sample: −1, 0, 1 for right or wrong, or a margin's change. [samples]
        groups: the group of each sample, such as its topic. [samples]
        clusters: twin pair or base scenario of each sample, within one group each; None for no clusters.
        permutations: how many; p is at least 1 / (permutations + 1).
        seed: of the permutations.

    Raises:
        DataError: if the arrays do not match, there is one group only, or a cluster spans groups.
    """
    import numpy as np

    change = vector(changes, "changes")
    member = codes(groups, same_length(change), "groups")
    sums, sizes, home = _by_cluster(change, member, codes(clusters, change.size, "clusters"))
    degrees = int(member.max())
    require(degrees >= 1, "One group only; heterogeneity needs at least two")
    generator = np.random.default_rng(seed)
    homes = np.vstack([home, generator.permuted(np.tile(home, (permutations, 1)), axis=1)])
    q, effects = _q(sums, sizes, homes, degrees + 1)
    p = (1 + np.sum(q[1:] >= q[0] * (1 - 1e-12))) / (permutations + 1)
    names = dict(zip(dict.fromkeys(groups), effects[0].tolist(), strict=True))
    spread = max(0.0, 1 - degrees / q[0]) if q[0] > 0 else 0.0
    independent = float(chi_squared_above(q[0], degrees))
    return Heterogeneity(float(q[0]), degrees, float(p), independent, float(spread), names)


def _by_cluster(change: Floats, member: Integers, cluster: Integers) -> tuple[Floats, Floats, Integers]:
    """Return each cluster's summed change, size and group."""
    import numpy as np

    home = np.zeros(int(cluster.max()) + 1, dtype=np.int64)
    home[cluster] = member
    require(bool(np.all(home[cluster] == member)), "A cluster spans groups; expected each within one group")
    return np.bincount(cluster, change).astype(np.float64), np.bincount(cluster).astype(np.float64), home


def _q(sums: Floats, sizes: Floats, homes: Integers, groups: int) -> tuple[Floats, Floats]:
    """Return Q of each assignment of clusters to groups [assignments], and the groups' effects."""
    import numpy as np

    moved = sums[sums != 0]
    unit = float(np.mean(moved**2)) if moved.size else 1.0
    parts = np.stack([sizes, sums, sums**2, sums * sizes, sizes**2], axis=1)
    totals = np.stack([(homes == group) @ parts for group in range(groups)], axis=1)
    size, total, square, mixed, size_square = np.moveaxis(totals, -1, 0)
    effects = total / size
    weights = size**2 / (square - 2 * effects * mixed + effects**2 * size_square + unit)
    centre = np.sum(weights * effects, axis=1, keepdims=True) / np.sum(weights, axis=1, keepdims=True)
    return np.sum(weights * (effects - centre) ** 2, axis=1), effects
