"""Do margins rank vulnerable code above patched code? With intervals that keep pairs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.evaluation.metrics.scored import Scored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Attributes:
        low: Lower end.
        high: Upper end.
        confidence: Such as 0.95.
        resamples: Bootstrap resamples in which the metric was defined.
    """

    low: float
    high: float
    confidence: float
    resamples: int


def auroc(rows: Sequence[Scored]) -> float | None:
    """Area under the ROC curve: the chance that a vulnerable margin exceeds a patched one, ties half.

    Over the samples with a margin; None when one class has none. Source: Hanley & McNeil 1982, *The meaning
    and use of the area under a receiver operating characteristic (ROC) curve*.
    """
    import numpy as np

    table = _Table(rows)
    return _only(table.auroc(np.ones((1, table.clusters))))


def average_precision(rows: Sequence[Scored]) -> float | None:
    """Average precision Σ (Rₖ − Rₖ₋₁) Pₖ over thresholds from the highest margin down, ties as one threshold.

    Over the samples with a margin; None without a vulnerable one among them. Its chance level is the share of
    vulnerable samples. Source: as defined by scikit-learn's `average_precision_score`.
    """
    import numpy as np

    table = _Table(rows)
    return _only(table.average_precision(np.ones((1, table.clusters))))


def ranking_intervals(
    rows: Sequence[Scored], resamples: int, seed: int = 0, confidence: float = 0.95
) -> tuple[Interval | None, Interval | None]:
    """Return percentile intervals of AUROC and average precision from a bootstrap that draws clusters.

    Twins, and augmentations of one scenario, are not independent: a resample takes a cluster
    (`resampled_with`) whole or not at all. Resamples in which a metric is undefined are left out and show in
    `Interval.resamples`. Source: Efron & Tibshirani 1993, ch. 13; Field & Welsh 2007 for the cluster
    bootstrap.

    Args:
        rows: The samples; those without a margin are left out.
        resamples: Number of bootstrap resamples.
        seed: Of the random generator; the interval does not depend on the order of the rows.
        confidence: Share of the resamples within the interval.

    Returns:
        The two intervals; None with fewer than two clusters, or when no resample defines the metric.
    """
    import numpy as np

    table = _Table(rows)
    if table.clusters < 2 or not resamples:
        return None, None
    uniform = np.full(table.clusters, 1 / table.clusters)
    draws = np.random.default_rng(seed).multinomial(table.clusters, uniform, size=resamples)
    return tuple(  # type: ignore[return-value]
        _interval(statistic(draws), confidence) for statistic in (table.auroc, table.average_precision)
    )


class _Table:
    """Samples sorted from the highest margin down, with weights by cluster for all resamples at once."""

    def __init__(self, rows: Sequence[Scored]) -> None:
        import numpy as np

        ranked = sorted((row for row in rows if row.margin is not None), key=lambda row: -_margin(row))
        names = sorted({row.resampled_with for row in ranked})
        place = {name: index for index, name in enumerate(names)}
        margins = np.array([_margin(row) for row in ranked], dtype=float)
        self.clusters = len(names)
        self._cluster = np.array([place[row.resampled_with] for row in ranked], dtype=int)
        self._present = np.array([row.expected for row in ranked], dtype=float)
        self._starts = np.flatnonzero(np.append(True, margins[1:] != margins[:-1])[: len(ranked)])

    def auroc(self, draws: Any) -> NDArray[np.float64]:
        """AUROC of each resample; draws is [resamples, clusters]."""
        import numpy as np

        present, absent = self._by_threshold(draws)
        below = absent.sum(axis=1, keepdims=True) - np.cumsum(absent, axis=1)
        won = (present * (below + absent / 2)).sum(axis=1)
        return _divide(won, present.sum(axis=1) * absent.sum(axis=1))

    def average_precision(self, draws: Any) -> NDArray[np.float64]:
        """Average precision of each resample; draws is [resamples, clusters]."""
        import numpy as np

        present, absent = self._by_threshold(draws)
        precision = _divide(np.cumsum(present, axis=1), np.cumsum(present + absent, axis=1))
        return _divide(np.nansum(precision * present, axis=1), present.sum(axis=1))

    def _by_threshold(self, draws: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights of present and absent samples at each distinct margin: two [resamples, thresholds]."""
        import numpy as np

        if not len(self._cluster):
            return np.zeros((len(draws), 0)), np.zeros((len(draws), 0))
        weights = np.asarray(draws, dtype=float)[:, self._cluster]
        present = np.add.reduceat(weights * self._present, self._starts, axis=1)
        return present, np.add.reduceat(weights * (1 - self._present), self._starts, axis=1)


def _interval(values: NDArray[np.float64], confidence: float) -> Interval | None:
    import numpy as np

    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence, len(defined))


def _divide(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _only(values: NDArray[np.float64]) -> float | None:
    value = float(values[0])
    return None if value != value else value


def _margin(row: Scored) -> float:
    return 0.0 if row.margin is None else row.margin
