"""Which pairs exchange their sides, so that half of the labels are wrong and a rank is exact."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

MOST_AGREEMENT = 0.5
"""|2 · share − 1| of labels that a shuffle leaves: 0 where it leaves half, 1 for the true labels or none."""

TRIES = 32


def label_shuffles(pairs: int, count: int, seed: int) -> list[tuple[bool, ...]]:
    """Return, for each shuffle, which pairs exchange their sides.

    A direction of shuffled labels holds (n − 2k)/n of the true one where k of n pairs are exchanged, so k has
    to be about n/2. Shuffles that are merely drawn balanced are no group, and a rank among them is not valid
    (Southworth, Kim & Owen 2009, J. Comput. Biol. 16:625). These are elements of one: each pair gets a column
    of k bits, each shuffle is a mask of k bits, and exchanges the pairs whose column and mask share an odd
    number of ones: the rows of a Hadamard matrix. Any two shuffles combine to a third, each leaves about half
    of the labels, and a rank among draws from a group is exact (Hemerik & Goeman 2018, TEST 27:811).

    Args:
        pairs: How many.
        count: How many shuffles are wanted, at most.
        seed: Of columns and masks.

    Returns:
        Distinct shuffles, none of which leaves or changes more than three of four labels; fewer than were
        asked for where so few pairs have no more, and none of one pair.
    """
    draw = random.Random(seed)  # noqa: S311 - a control, not a secret
    for bits in range(count.bit_length(), 0, -1):
        if 2**bits >= 4 * pairs:
            continue
        columns = min(
            (_columns(pairs, bits, draw) for _ in range(TRIES)), key=lambda one: _farthest(one, bits)
        )
        if _farthest(columns, bits) <= MOST_AGREEMENT:
            masks = draw.sample(range(1, 2**bits), min(count, 2**bits - 1))
            return [_exchanged(columns, mask) for mask in masks]
    return []


def _columns(pairs: int, bits: int, draw: random.Random) -> list[int]:
    """Return a column for each pair, every one of them as often as another, or once more."""
    whole = list(range(2**bits))
    columns = whole * (pairs // len(whole)) + draw.sample(whole, pairs % len(whole))
    return draw.sample(columns, pairs)


def _exchanged(columns: Sequence[int], mask: int) -> tuple[bool, ...]:
    return tuple(_odd(column & mask) for column in columns)


def _farthest(columns: Sequence[int], bits: int) -> float:
    """Return how far from half of the labels the worst of all shuffles is, from 0 to 1."""
    often = Counter(columns)
    exchanged = (
        sum(times for column, times in often.items() if _odd(column & mask)) for mask in range(1, 2**bits)
    )
    return max(abs(2 * number - len(columns)) / len(columns) for number in exchanged)


def _odd(bits: int) -> bool:
    return bits.bit_count() % 2 == 1
