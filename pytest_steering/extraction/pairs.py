"""Contrast pairs: two prompts that differ in the behaviour a direction shall stand for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_steering.errors import DataError


@dataclass(frozen=True)
class ContrastPair:
    """Two prompts over the same sample.

    Attributes:
        positive: Shows the wanted behaviour.
        negative: Does not.
        sample_id: What both are about; kept so that a vector's data can be held apart from scored data.
        contrast: In what they differ, as records call it.
    """

    positive: str
    negative: str
    sample_id: str
    contrast: str = ""


def require_pairs(pairs: Sequence[ContrastPair]) -> None:
    """Raise DataError when there are no pairs, or a pair's two prompts are the same."""
    if not pairs:
        raise DataError("there are no contrast pairs; a direction needs at least one")
    same = [pair.sample_id for pair in pairs if pair.positive == pair.negative]
    if same:
        raise DataError(
            f"{len(same)} of {len(pairs)} contrast pairs have two equal prompts, such as {same[0]!r}"
        )


def shuffled_sides(pairs: Sequence[ContrastPair], seed: int) -> tuple[list[str], list[str]]:
    """Return the pairs with the sides of half of them exchanged at random: labels that mean nothing.

    Exactly half, because the difference between the sides is often the largest there is in the states: any
    imbalance would leave a share of the true direction, which equal norm then makes as long as the vector.

    Args:
        pairs: As a vector is extracted from them.
        seed: Of the permutation.

    Returns:
        As many "positive" as "negative" prompts, half of each from either side.
    """
    numbers = list(range(len(pairs)))
    random.Random(seed).shuffle(numbers)  # noqa: S311 - a control, not a secret
    exchanged = set(numbers[: len(pairs) // 2])
    sides = [
        (pair.negative, pair.positive) if number in exchanged else (pair.positive, pair.negative)
        for number, pair in enumerate(pairs)
    ]
    return [first for first, _ in sides], [second for _, second in sides]
