"""Many tests at one level: Holm, and Tarone–Holm for tests that cannot always reach a level."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.experiments.statistics.arrays import require, same_length

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.experiments.statistics.arrays import Flags, Floats


def holm(p_values: ArrayLike) -> Floats:
    """Return Holm's adjusted p-values in the same order (Holm 1979, Scand. J. Stat. 6:65), by statsmodels."""
    import numpy as np
    from statsmodels.stats.multitest import multipletests

    p = _probabilities(p_values)
    return np.asarray(multipletests(p, method="holm")[1], dtype=np.float64) if p.size else p


class TaroneHolm(NamedTuple):
    """What a Tarone–Holm procedure decided.

    Attributes:
        rejected: true where a hypothesis is rejected. [tests]
        level: what the last tests still in the family were held against.
        family: the divisor K of alpha that gave that level.
    """

    rejected: Flags
    level: float
    family: int


def tarone_holm(p_values: ArrayLike, smallest: ArrayLike, alpha: float) -> TaroneHolm:
    """Control the chance of any false rejection at alpha among tests with discrete p-values.

    A test whose smallest attainable p lies above alpha / k can never be rejected at that level, so it costs
    nothing: the divisor is the smallest K with at most K tests that can reach alpha / K (Tarone 1990,
    Biometrics 46:515). Rejected tests leave and the rest is tried again until nothing more is rejected. The
    divisor of a subset is never larger than that of the whole, so stepping down keeps the strong control
    (Hommel & Krummenauer 1998, Biometrical Journal 40:673; Romano & Wolf 2005, JASA 100:94).

    Args:
        p_values: one a test. [tests]
        smallest: the smallest p each test could have reached with its discordant count. [tests]
        alpha: level of the whole family.

    Raises:
        DataError: if the arrays do not match or hold a number outside 0 to 1.
    """
    import numpy as np

    p, floor = _probabilities(p_values), _probabilities(smallest)
    same_length(p, floor)
    rejected = np.zeros(p.size, dtype=np.bool_)
    while True:
        family = tarone_family(floor[~rejected], alpha)
        found = ~rejected & (p <= alpha / family)
        if not found.any():
            return TaroneHolm(rejected, alpha / family, family)
        rejected |= found


def tarone_family(smallest: Floats, alpha: float) -> int:
    """Return Tarone's divisor: the smallest K >= 1 such that at most K tests can reach alpha / K."""
    import numpy as np

    divisors = np.arange(1, smallest.size + 2)
    reachable = np.searchsorted(np.sort(smallest), alpha / divisors, side="right")
    return int(divisors[np.argmax(reachable <= divisors)])


def _probabilities(values: ArrayLike) -> Floats:
    """Check that the values are probabilities."""
    import numpy as np

    p = np.asarray(values, dtype=np.float64).ravel()
    require(bool(np.all((p >= 0) & (p <= 1))), "A p-value lies outside 0 to 1 or is not a number")
    return p
