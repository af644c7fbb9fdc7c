"""The variance of any statistic over clusters: how far it moves when each is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import codes, require
from pytest_steering.statistics.resampling import left_out
from pytest_steering.statistics.spread import Spread, sizes_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from pytest_steering.statistics.weighted import Statistic


def jackknife(statistic: Statistic, samples: int, clusters: Sequence[Hashable] | None = None) -> Spread:
    """Return what a statistic rests on: (K − 1) / K · Σ (θ_k − θ̄)² over values without one of K clusters.

    Source: Miller 1974, Biometrika 61:1; by clusters, Rao & Shao 1992, Biometrika 79:811.

    Args:
        statistic: From weights [draws, samples] to values [draws].
        samples: How many there are.
        clusters: The cluster of each; None makes each sample a cluster.

    Raises:
        DataError: There are fewer than two clusters, or without one of them the statistic is undefined: it
            rests on that one alone.
    """
    import numpy as np

    groups = codes(clusters, samples, "clusters")
    sizes, together = sizes_of(groups)
    require(sizes.size >= 2, f"{sizes.size} clusters of samples; an interval needs at least two")
    values = left_out(statistic, groups)
    require(
        bool(np.isfinite(values).all()),
        "Without one cluster of samples the number is undefined, so it rests on that one alone and has no "
        "interval",
    )
    variance = (sizes.size - 1) * float(np.mean((values - values.mean()) ** 2))
    return Spread(variance, samples, sizes.size, together)
