"""Average precision as a function of sample weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import same_length, vector
from pytest_steering.statistics.weighted import Statistic

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


def average_precision_of(labels: ArrayLike, scores: ArrayLike) -> Statistic:
    """Return the weighted average precision of scores against labels; undefined without a positive sample.

    Σ (Rₖ − Rₖ₋₁) Pₖ over thresholds from the highest score down, ties as one threshold, as scikit-learn's
    `average_precision_score` has it. Its chance level is the share of positive samples.

    Args:
        labels: 1 where the property is present, 0 where not. [samples]
        scores: higher means more present. [samples]

    Raises:
        DataError: if the arrays do not match.
    """
    import numpy as np

    truth, score = vector(labels, "labels"), vector(scores, "scores")
    same_length(truth, score)
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)
    positive = truth[order]

    def statistic(weights: Floats) -> Floats:
        ranked = weights[:, order]
        present = np.add.reduceat(ranked * positive, starts, axis=1)
        absent = np.add.reduceat(ranked * (1 - positive), starts, axis=1)
        called = np.cumsum(present + absent, axis=1)
        # Above the highest score that was drawn nothing is called present, and nothing is found there.
        precision = np.cumsum(present, axis=1) / np.where(called > 0, called, 1.0)
        return np.asarray(np.sum(precision * present, axis=1) / present.sum(axis=1), dtype=np.float64)

    return statistic
