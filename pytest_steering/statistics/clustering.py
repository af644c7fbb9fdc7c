"""By how much clusters of samples that change together widen the variance of a paired difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


LEAST_ALIKE = 0.1
"""What is taken for the correlation of changes within a cluster where the data say less, or nothing."""

MATES = 2
"""How many mates of changed samples this assumption weighs as much as."""


class Clustering(NamedTuple):
    """Sums over the clusters of a comparison; all are 0 where each sample is a cluster of its own.

    With n_k samples in cluster k, of which u_k changed, d_k = broken − fixed on balance:

    Attributes:
        alike: Σ d_k² − Σ u_k: mates of changed samples that changed the same way, less those that changed
            against them; any shape.
        mates: Σ u_k (n_k − 1): mates of changed samples; same shape.
        pairs: Σ n_k (n_k − 1): mates of all samples; same shape.
    """

    alike: ArrayLike
    mates: ArrayLike
    pairs: ArrayLike


APART = Clustering(0, 0, 0)
"""Each sample is a cluster of its own."""


def clustering(samples: ArrayLike, broken: ArrayLike, fixed: ArrayLike) -> Clustering:
    """Return the sums over the clusters of one comparison.

    Args:
        samples: paired samples of each cluster. [clusters]
        broken: of them, right before and wrong after. [clusters]
        fixed: of them, wrong before and right after. [clusters]
    """
    import numpy as np

    n, b, c = (np.asarray(counts, dtype=np.int64) for counts in (samples, broken, fixed))
    net, others = b - c, n - 1
    alike = int((net**2 - b - c).sum())
    return Clustering(alike, int(((b + c) * others).sum()), int((n * others).sum()))


def design_effect(samples: ArrayLike, within: Clustering) -> Floats:
    """Return by what factor clusters widen the variance of broken − fixed, at least 1.

    1 + ρ Σ n_k (n_k − 1) / n, where ρ is the correlation of changes within clusters (Kish 1965, Survey
    Sampling, §5.4; of unequal clusters Donner & Klar 2000, ch. 1). By such a factor Rao & Scott (1992,
    Biometrics 48:577) carry tests of independent samples over to clusters. ρ is the share of changed
    samples' mates that changed with them, shrunk towards `LEAST_ALIKE` by so much as `MATES` mates weigh, and
    never less: where few samples changed hardly anything tells whether they would change together. It is
    smooth in what changed, and a sample that changed alone, either way, does not raise it.

    Args:
        samples: all paired samples; any shape.
        within: sums over the clusters; same shape.
    """
    import numpy as np

    n, alike, mates, pairs = (np.asarray(part, dtype=np.float64) for part in (samples, *within))
    together = (alike + LEAST_ALIKE * MATES) / (mates + MATES)
    return np.asarray(1 + np.maximum(together, LEAST_ALIKE) * pairs / n, dtype=np.float64)
