"""Contrast pairs as prompts with two answers: what both texts begin with, and how each goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytest_steering.errors import DataError


@dataclass(frozen=True)
class AnsweredPair:
    """The tokens of a prompt and of its two answers."""

    prompt: tuple[int, ...]
    positive: tuple[int, ...]
    negative: tuple[int, ...]


def answered_pairs(model: Any, positive: Sequence[str], negative: Sequence[str]) -> list[AnsweredPair]:
    """Return pairs cut where their two texts part.

    Args:
        model: Tells the tokens of a text.
        positive: Texts of the wanted behaviour.
        negative: Their opposites, in the same order.

    Raises:
        DataError: A pair has no shared beginning, or one of its texts ends with it.
    """
    rows = zip(model.tokens(list(positive)), model.tokens(list(negative)), strict=True)
    return [_parted(one, other, text) for (one, other), text in zip(rows, positive, strict=True)]


def _parted(one: Sequence[int], other: Sequence[int], text: str) -> AnsweredPair:
    parts = (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    shared = next(parts, min(len(one), len(other)))
    if not 0 < shared < min(len(one), len(other)):
        raise DataError(
            f"the pair of {text[:60]!r} is no prompt with two answers: its two texts share no beginning, or "
            "one ends with it; a direction is learned on what follows a shared prompt"
        )
    return AnsweredPair(tuple(one[:shared]), tuple(one[shared:]), tuple(other[shared:]))
