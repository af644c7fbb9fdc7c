"""AUROC and its paired change, with pair-clustered intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import require, same_length, vector
from pytest_steering.statistics.weighted import Statistic

if TYPE_CHECKING:
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
