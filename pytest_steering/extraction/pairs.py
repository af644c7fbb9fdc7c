"""Contrast pairs: two prompts that differ in the behaviour a direction shall stand for."""

from __future__ import annotations

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


def with_exchanged(pairs: Sequence[ContrastPair], exchanged: Sequence[bool]) -> tuple[list[str], list[str]]:
    """Return the two sides of the pairs, some of which exchange theirs.

    Args:
        pairs: As a vector is extracted from them.
        exchanged: For each, whether its prompts change sides.
    """
    sides = [
        (pair.negative, pair.positive) if other else (pair.positive, pair.negative)
        for pair, other in zip(pairs, exchanged, strict=True)
    ]
    return [first for first, _ in sides], [second for _, second in sides]
