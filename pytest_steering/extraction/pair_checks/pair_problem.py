"""Something that a direction would learn of pairs beside the behaviour, or that leaves it too little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_steering.extraction.pairs import ContrastPair


@dataclass(frozen=True)
class PairProblem:
    """One thing that is wrong with pairs.

    Attributes:
        name: Of the check.
        number: How far: a share from 0 to 1, or a count.
        says: What was found, as a sentence.
        advice: What to do.
    """

    name: str
    number: float
    says: str
    advice: str


Check: TypeAlias = "Callable[[Sequence[ContrastPair]], PairProblem | None]"


def sides_of(pairs: Sequence[ContrastPair]) -> tuple[list[str], list[str]]:
    """Return the positive and the negative texts."""
    return [pair.positive for pair in pairs], [pair.negative for pair in pairs]
