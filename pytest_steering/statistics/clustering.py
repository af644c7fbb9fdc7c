"""By how much clusters of samples that change together widen the variance of a paired difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


class Clustering(NamedTuple):
    """Sums over the clusters of a comparison; all are 0 where each sample is a cluster of its own.

    With d_k = broken − fixed and n_k samples of cluster k:

    Attributes:
        squares: Σ d_k² less the number of samples that changed; any shape.
        products: Σ d_k (n_k − 1); same shape.
        pairs: Σ n_k (n_k − 1); same shape.
    """

    squares: ArrayLike
    products: ArrayLike
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
    squares = int((net**2 - b - c).sum())
    return Clustering(squares, int((net * others).sum()), int((n * others).sum()))


def design_effect(
    broken: ArrayLike, fixed: ArrayLike, samples: ArrayLike, drop: ArrayLike, within: Clustering
) -> Floats:
    """Return by what factor clusters widen the variance of broken − fixed, at least 1.

    It is Σ_k (d_k − n_k Δ)² over clusters, the variance of Obuchowski (1998, Statistics in Medicine 17:1495;
    compared with others by Durkalski et al. 2003, ibid. 22:2417), over Σ_i (d_i − Δ)² over samples, both
    under the drop Δ that is tested: dividing counts by this factor is how Rao & Scott (1992, Biometrics
    48:577) carry tests of independent samples over to clusters. Samples of a cluster that change against each
    other would make it less than 1; that is not made use of. Where no sample changed, none changed together,
    and it is 1: with few clusters a run like the one before could otherwise never pass.

    Args:
        broken: samples right before and wrong after; any shape.
        fixed: samples wrong before and right after; same shape.
        samples: all paired samples; same shape.
        drop: the drop Δ under test; same shape or one number.
        within: sums over the clusters; same shape.
    """
    import numpy as np

    b, c, n, delta = (np.asarray(part, dtype=np.float64) for part in (broken, fixed, samples, drop))
    squares, products, pairs = (np.asarray(part, dtype=np.float64) for part in within)
    apart = b + c - 2 * delta * (b - c) + n * delta**2
    together = squares - 2 * delta * products + pairs * delta**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(1.0, np.where(b + c > 0, 1 + together / apart, 1.0))
