"""How much of a prompt its arms have in common, and how many of them run together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.models.finding.length_marks import first_mark
from pytest_steering.steering.joint import AnyIntervention, shares_of_parts

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

WIDEST_TAIL = 8
"""Tokens a row may add at once in a tree, whose mask grows with their square."""

MOST_BRANCHES = 24
"""A row of a tree passes over the tokens of its neighbours; a wide tree wastes more than it shares."""


TREE_ROWS = 4
"""For each row of a plain batch as many run in a tree, where a row adds one token to a prefix it shares: it
takes a fraction of the memory, and matrices of some hundred rows are multiplied faster than those of 64."""


@dataclass(frozen=True)
class Arm:
    """What is done with every prompt.

    Attributes:
        intervention: None is the unsteered model.
        suffix: Tokens that are read after the prompt, and count as generated.
    """

    intervention: AnyIntervention | None
    suffix: tuple[int, ...] = ()


@dataclass(frozen=True)
class Family:
    """Arms that leave the prompts at the same token.

    Attributes:
        tail: How many of the last prompt tokens they do not share.
        arms: Their numbers.
    """

    tail: int
    arms: tuple[int, ...]


def shared_tokens(intervention: AnyIntervention | None, prompt: Sequence[int]) -> int:
    """Return how many tokens of a prompt come before the first steered one; the last is never among them."""
    last = len(prompt) - 1
    if intervention is None:
        return last
    steered = shares_of_parts(intervention, len(prompt), 0, len(prompt), list(prompt))
    return min(*steered, last) if steered else last


def families(arms: Sequence[Arm], prompts: Sequence[Sequence[int]]) -> tuple[list[Family], list[int]]:
    """Group arms that can branch together from each of some prompts.

    Args:
        arms: What is done with every prompt.
        prompts: Token ids.

    Returns:
        The families, and the numbers of the arms that share nothing or have nobody to share it with.
    """
    grouped: dict[tuple[int, int], list[int]] = {}
    for number, arm in enumerate(arms):
        tails = {len(prompt) - shared_tokens(arm.intervention, prompt) for prompt in prompts}
        if len(tails) == 1 and max(tails) < min(map(len, prompts)):
            grouped.setdefault((tails.pop(), len(arm.suffix)), []).append(number)
    found = [Family(tail, tuple(numbers)) for (tail, _), numbers in grouped.items() if len(numbers) > 1]
    shared = {number for family in found for number in family.arms}
    return found, [number for number in range(len(arms)) if number not in shared]


def branches_at_once(arms: int, rows: int, most: int) -> int:
    """Return how many arms of a prompt run together, in groups of like size.

    Args:
        arms: How many there are.
        rows: At most this many rows in one forward pass.
        most: At most this many.
    """
    groups = math.ceil(arms / max(1, min(arms, rows, most)))
    return math.ceil(arms / groups)


def rows_together(way: str, rows: int) -> int:
    """Return how many rows of a way run together where so many plain ones do; one stays alone."""
    return TREE_ROWS * rows if way == "tree" and rows > 1 else rows


def most_columns(loaded: LoadedModel) -> int | None:
    """Return how many keys one of our passes may have, or None where the config names no length.

    A mask of our own knows no window, and neighbours in a tree count as columns though no row is as long: all
    have to lie within the shortest length beyond which the model may compute in another way.
    """
    mark = first_mark(loaded.module)
    return None if mark is None else mark - 1


def too_long(most: int) -> str:
    """Return which rows have more columns than a pass may have."""
    return f"{most + 1} tokens or more, a length that the model's config names"
