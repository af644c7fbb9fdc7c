"""The exact McNemar test: did more paired samples get worse than better?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.statistics.arrays import Alternative, require, same_length
from pytest_steering.statistics.distributions import binomial_at_least

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


class PairedCounts(NamedTuple):
    """The 2 x 2 table of paired samples: right or wrong before, right or wrong after."""

    both_right: int
    broken: int
    fixed: int
    both_wrong: int

    @property
    def n(self) -> int:
        """How many paired samples there are."""
        return sum(self)


def paired_counts(before: ArrayLike, after: ArrayLike) -> PairedCounts:
    """Count paired samples by whether they were right before and are right after.

    Args:
        before: true where the sample was right in the first condition. [samples]
        after: the same samples in the second condition. [samples]

    Raises:
        DataError: if the two do not have the same length.
    """
    import numpy as np

    first, second = np.asarray(before, dtype=bool), np.asarray(after, dtype=bool)
    same_length(first, second)
    cells = (first & second, first & ~second, ~first & second, ~first & ~second)
    return PairedCounts(*(int(cell.sum()) for cell in cells))


def mcnemar(broken: int, fixed: int, alternative: Alternative = "two-sided") -> float:
    """Return the p of the exact McNemar test on one pair of discordant counts.

    See `mcnemar_p_values` for the formula and its source.

    Args:
        broken: samples right before and wrong after.
        fixed: samples wrong before and right after.
        alternative: "greater" asks whether more broke than were fixed, "less" the reverse.
    """
    return float(mcnemar_p_values([broken], [fixed], alternative)[0])


def mcnemar_p_values(broken: ArrayLike, fixed: ArrayLike, alternative: Alternative = "two-sided") -> Floats:
    """Return exact McNemar p-values for arrays of discordant counts.

    Given b broken and c fixed samples, b is Binomial(b + c, 1/2) if neither direction is favoured:
    p = P(X >= b) for "greater", P(X <= b) for "less", and twice the smaller tail, at most 1, for
    "two-sided" (McNemar 1947, Psychometrika 12:153; the exact form in Fagerland, Lydersen & Laake 2013,
    BMC Med. Res. Methodol. 13:91). Without discordant samples p is 1.

    Args:
        broken: samples right before and wrong after; any shape.
        fixed: samples wrong before and right after; same shape.
        alternative: "greater" asks whether more broke than were fixed.

    Raises:
        DataError: if a count is negative.
    """
    import numpy as np

    b, c = np.asarray(broken, dtype=np.int64), np.asarray(fixed, dtype=np.int64)
    require(
        bool(np.all(b >= 0) and np.all(c >= 0)), "A discordant count is negative; expected counts of samples"
    )
    tail = {"greater": b, "less": c}.get(alternative, np.maximum(b, c))
    sides = 2.0 if alternative == "two-sided" else 1.0
    return np.minimum(1.0, sides * binomial_at_least(tail, b + c, 0.5))


def smallest_p(discordant: ArrayLike, alternative: Alternative = "two-sided") -> Floats:
    """Return the smallest p that the exact test can reach with so many discordant samples: all one way."""
    import numpy as np

    sides = 2.0 if alternative == "two-sided" else 1.0
    return np.minimum(1.0, sides * np.exp2(-np.asarray(discordant, dtype=np.float64)))
