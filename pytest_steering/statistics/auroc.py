"""AUROC and its paired change, with pair-clustered intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import require, same_length, vector
from pytest_steering.statistics.resampling import Bootstrap, bootstrap
from pytest_steering.statistics.weighted import Statistic, difference_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


def auroc_of(labels: ArrayLike, scores: ArrayLike) -> Statistic:
    """Return the weighted AUROC of scores against labels, as a statistic; undefined where a class is missing.

    The chance that a positive sample scores above a negative one, ties counted half (Hanley & McNeil 1982,
    Radiology 143:29).

    Args:
        labels: 1 where the property is present, 0 where not. [samples]
        scores: higher means more present. [samples]

    Raises:
        DataError: if the arrays do not match, or labels are not 0 and 1.
    """
    import numpy as np

    truth, score = vector(labels, "labels"), vector(scores, "scores")
    same_length(truth, score)
    require(
        bool(np.isin(truth, (0, 1)).all()),
        "Labels other than 0 and 1; expected 1 where the property is present",
    )
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)
    positive = truth[order] == 1

    def statistic(weights: Floats) -> Floats:
        ranked = weights[:, order]
        above = np.add.reduceat(np.where(positive, ranked, 0.0), starts, axis=1)
        below = np.add.reduceat(np.where(positive, 0.0, ranked), starts, axis=1)
        beaten = np.sum(above * (np.cumsum(below, axis=1) - below / 2), axis=1)
        return np.asarray(beaten / (above.sum(axis=1) * below.sum(axis=1)), dtype=np.float64)

    return statistic


def auroc_interval(
    labels: ArrayLike,
    scores: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 9999,
    seed: int = 0,
) -> Bootstrap:
    """Return AUROC with its cluster bootstrap interval; p is against 0.5.

    Args:
        labels: 1 where the property is present, 0 where not. [samples]
        scores: higher means more present. [samples]
        clusters: the twin pair or base scenario of each sample; None makes each sample a cluster.
        confidence: two-sided confidence.
        resamples: how many bootstrap draws.
        seed: of the draws.

    Raises:
        DataError: if the arrays do not match or one class is missing.
    """
    statistic, samples = auroc_of(labels, scores), len(vector(labels, "labels"))
    return bootstrap(
        statistic, samples, clusters, confidence=confidence, null=0.5, resamples=resamples, seed=seed
    )


def auroc_change(
    labels: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 9999,
    seed: int = 0,
) -> Bootstrap:
    """Return AUROC after − before on paired samples, with its cluster bootstrap interval; p is against 0.

    Args:
        labels: 1 where the property is present, 0 where not. [samples]
        before: scores in the first condition. [samples]
        after: scores of the same samples in the second condition. [samples]
        clusters: the twin pair or base scenario of each sample; None makes each sample a cluster.
        confidence: two-sided confidence.
        resamples: how many bootstrap draws.
        seed: of the draws.

    Raises:
        DataError: if the arrays do not match or one class is missing.
    """
    samples = len(vector(labels, "labels"))
    change = difference_of(auroc_of(labels, after), auroc_of(labels, before))
    return bootstrap(change, samples, clusters, confidence=confidence, resamples=resamples, seed=seed)
