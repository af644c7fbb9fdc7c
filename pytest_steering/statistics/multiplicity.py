"""Many tests at one level: Holm, and Tarone–Holm for tests that cannot always reach a level."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import require, same_length

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Flags, Floats, Integers


def holm(p_values: ArrayLike) -> Floats:
    """Return Holm's adjusted p-values in the order given (Holm 1979, Scand. J. Stat. 6:65).

    The i-th smallest of m becomes the largest of (m − j + 1)·p_j over j ≤ i, at most 1. Written out because
    statsmodels' own collects all garbage at each call, which takes 0.05 s and much more beside a model.

    Args:
        p_values: one a test. [tests]

    Raises:
        DataError: if a number lies outside 0 to 1.
    """
    import numpy as np

    p = _probabilities(p_values)
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate((p.size - np.arange(p.size)) * p[order])
    return np.minimum(adjusted, 1.0)


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
    p, floor = _probabilities(p_values), _probabilities(smallest)
    same_length(p, floor)
    rejected, family = tarone_holm_runs(p[None, :], floor[None, :], alpha)
    return TaroneHolm(rejected[0], alpha / int(family[0]), int(family[0]))


def tarone_holm_runs(p_values: Floats, smallest: Floats, alpha: float) -> tuple[Flags, Integers]:
    """Run `tarone_holm` on many families of the same size at once.

    Args:
        p_values: one a test. [families, tests]
        smallest: the smallest p each test could have reached. [families, tests]
        alpha: level of each family.

    Returns:
        What is rejected [families, tests] and the last divisor of each family [families].
    """
    import numpy as np

    rejected = np.zeros(p_values.shape, dtype=np.bool_)
    while True:
        family = tarone_family(np.where(rejected, np.inf, smallest), alpha)
        found = ~rejected & (p_values <= alpha / family[:, None])
        if not found.any():
            return rejected, family
        rejected |= found


def tarone_family(smallest: Floats, alpha: float) -> Integers:
    """Return Tarone's divisor K of each family: the smallest with at most K tests that can reach alpha / K.

    Args:
        smallest: the smallest attainable p of each test, infinite for one that has left. [families, tests]
        alpha: level of the family.
    """
    import numpy as np

    divisors = np.arange(1, smallest.shape[1] + 2)
    reachable = np.stack([np.sum(smallest <= alpha / k, axis=1) for k in divisors], axis=1)
    return np.asarray(divisors[np.argmax(reachable <= divisors, axis=1)], dtype=np.int64)


def _probabilities(values: ArrayLike) -> Floats:
    """Check that the values are probabilities."""
    import numpy as np

    p = np.asarray(values, dtype=np.float64).ravel()
    require(bool(np.all((p >= 0) & (p <= 1))), "A p-value lies outside 0 to 1 or is not a number")
    return p
