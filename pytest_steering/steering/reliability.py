"""How far the pairs behind a vector point the same way, known before anything is steered."""

from __future__ import annotations

from dataclasses import asdict, dataclass

DOUBTFUL = 0.5
"""Halves of the pairs whose directions are closer than this to a right angle leave open what is found."""


@dataclass(frozen=True)
class Reliability:
    """What the pairs' states at one layer say of a direction between their sides.

    Low numbers foretell that steering works on few samples or against its own sign (Tan et al. 2024; Braun
    et al. 2025). A pair is judged by a direction of the others alone; None where there are too few of them.

    Attributes:
        pairs: How many were looked at.
        agreement: Mean cosine of a pair's difference with the mean difference of the others: 1 where all
            pairs differ alike, 0 where they have nothing in common.
        split_half: Mean cosine of the mean differences of two random halves.
        d_prime: Distance of the two sides along the mean difference of the other pairs, in standard
            deviations within the sides.
        auroc: Chance that a positive state lies further along it than a negative one.
    """

    pairs: int
    agreement: float | None = None
    split_half: float | None = None
    d_prime: float | None = None
    auroc: float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether other pairs of the same kind may well give another direction."""
        return self.split_half is not None and self.split_half < DOUBTFUL

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the numbers by name, as a record keeps them."""
        return asdict(self)
