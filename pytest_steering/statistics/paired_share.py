"""The interval of a change in a share of paired samples that come in clusters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Interval
from pytest_steering.statistics.distributions import normal_below
from pytest_steering.statistics.spread import IMAGINED, Spread
from pytest_steering.statistics.tango import score_bound

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def paired_share_interval(
    samples: ArrayLike, broken: ArrayLike, fixed: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Return Tango's score interval of (fixed − broken) / samples, of as many as clusters are worth.

    Counts are divided by the design effect, as Rao & Scott (1992, Biometrics 48:577) do, and Student's
    quantile of one degree of freedom less than there are clusters takes the normal one's place.

    Args:
        samples: Paired samples of each cluster. [clusters]
        broken: Of them, with the property before and without it after. [clusters]
        fixed: Of them, without it before and with it after. [clusters]
        confidence: Two-sided.

    Raises:
        DataError: The counts are impossible, or there are none.
    """
    import numpy as np

    n, b, c = (np.asarray(counts, dtype=np.float64) for counts in (samples, broken, fixed))
    count, spread = n.sum(), Spread(0.0, int(n.sum()), n.size, float((n**2).sum() / n.sum()))
    effect = 1.0 if spread.alone else _design_effect(n, b, c, spread.together)
    level = (1 + confidence) / 2 if spread.alone else float(normal_below(spread.deviations(confidence)))
    lost, gained = float(b.sum() / effect), float(c.sum() / effect)
    return _tango(lost, gained, max(float(count / effect), lost + gained), level)


@lru_cache(maxsize=4096)  # bisection takes 5 ms, and a table of comparisons asks for the same counts again
def _tango(lost: float, gained: float, samples: float, level: float) -> Interval:
    high, low = score_bound([gained, lost], [lost, gained], [samples, samples], level)
    return Interval(float(-low), float(high))


def _design_effect(n: ArrayLike, broken: ArrayLike, fixed: ArrayLike, together: float) -> float:
    """Return by what factor clusters widen the variance of the change, a quarter of one more imagined.

    The variance over clusters is that of `spread_of_mean`; the imagined one changes whole, the other way.
    """
    import numpy as np

    sizes, lost, gained = np.asarray(n), np.asarray(broken), np.asarray(fixed)
    samples, changed = sizes.sum(), lost.sum() + gained.sum()
    if sizes.size == 1:
        return float(samples)
    change = float((gained - lost).sum() / samples)
    away = (1 + abs(change)) ** 2
    over_clusters = ((gained - lost - sizes * change) ** 2 / (1 - sizes / samples)).sum()
    over_samples = (changed - samples * change**2) * samples / (samples - 1)
    whole = IMAGINED * together * away
    return float((over_clusters + together * whole) / (over_samples + whole))
