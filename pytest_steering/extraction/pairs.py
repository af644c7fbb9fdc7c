"""Contrast pairs: two prompts that differ in the behaviour a direction shall stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    """Raise DataError unless there are contrast pairs, each of two prompts that differ."""
    _require_kind(pairs)
    same = [pair.sample_id for pair in pairs if pair.positive == pair.negative]
    if same:
        raise DataError(
            f"{len(same)} of {len(pairs)} contrast pairs have two equal prompts, such as {same[0]!r}"
        )


def _require_kind(given: Any) -> None:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Sequence):
        raise DataError(f"a list of contrast pairs was expected; found {type(given).__name__}")
    if not given:
        raise DataError("there are no contrast pairs; a direction needs at least one")
    others = [one for one in given if not isinstance(one, ContrastPair)]
    if others:
        raise DataError(
            f"{len(others)} of {len(given)} contrast pairs are something else, such as "
            f"{type(others[0]).__name__}; write ContrastPair(positive, negative, sample_id), or read a file "
            "with read_pairs"
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
