"""Where an effect stands among the effects of random directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_steering.statistics.arrays import require, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Rank(NamedTuple):
    """An effect among reference effects.

    Attributes:
        rank: 1 if no reference effect is as large; ties count against the effect.
        p: rank / (references + 1); it cannot fall below 1 / (references + 1).
        ratio: the effect over the largest reference effect; above 1 only for rank 1.
    """

    rank: int
    p: float
    ratio: float


def rank_among(
    value: float, reference: ArrayLike, alternative: Literal["two-sided", "greater"] = "two-sided"
) -> Rank:
    """Rank an effect among the effects of directions drawn at random.

    p = (1 + #{reference >= value}) / (1 + #reference), which is valid because under the null the direction is
    one more random draw (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39).

    Args:
        value: the effect.
        reference: effects of random directions of equal norm, at least one. [directions]
        alternative: "two-sided" compares sizes whatever the sign; "greater" compares signed effects.

    Returns:
        Its rank, p and ratio. Where no reference moved anything the ratio is infinite, or 0 for no effect.

    Raises:
        DataError: if there is no reference or a number is not finite.
    """
    import numpy as np

    others = vector(reference, "The reference effects")
    require(bool(np.isfinite(value)), f"The effect is {value}; a rank needs a finite number")
    size, sizes = (abs(value), np.abs(others)) if alternative == "two-sided" else (value, others)
    rank = 1 + int(np.sum(sizes >= size))
    return Rank(rank, rank / (others.size + 1), _ratio(abs(value), float(np.max(np.abs(others)))))


def _ratio(size: float, largest: float) -> float:
    """Return size / largest, with nothing over nothing as 0."""
    if largest > 0:
        return size / largest
    return float("inf") if size > 0 else 0.0
