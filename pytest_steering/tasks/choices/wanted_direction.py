"""Do files of choices want the same thing? Told from the words of what is wanted, without any model."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from pytest_steering.statistics.distributions import binomial_at_most
from pytest_steering.tasks.choices.item import Choice

LEVEL = 1e-4
"""Chance of each of the two predictions' being as wrong, were the words of one part no guide to the other."""

WRONG = 0.4
"""A prediction that is right less often than this is turned round; two different traits stay above."""

LEAST_OF_EACH = 0.2
"""Of answers that no text stands behind, each must be wanted this often, or its words tell nothing."""

PARTS = 4
"""One file may be two put one after the other; it is looked at in so many parts."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Words(NamedTuple):
    """What speaks for the wanted option and what speaks against it, each word once.

    Attributes:
        wanted: What it says and the others do not; all that a question asks where Yes is wanted.
        other: The reverse.
        compared: Whether both sides come from options, and not from the question alone.
    """

    wanted: frozenset[str]
    other: frozenset[str]
    compared: bool


class Opposite(NamedTuple):
    """Two parts whose wanted options say opposite things.

    Attributes:
        one: Name of the one part.
        other: Name of the other.
        share: How often each part's words foretell what the other one wants; half by chance.
        counts: Of how many choices each.
    """

    one: str
    other: str
    share: tuple[float, float]
    counts: tuple[int, int]


def opposites(parts: Mapping[str, Sequence[Choice]]) -> Iterator[Opposite]:
    """Yield the pairs of parts that want opposite things.

    A naive Bayes classifier over words learns from one part what wanted options say, and foretells the other
    part's. Parts of one polarity foretell each other more often than not; unrelated ones about half the time.
    Two that are wrong about each other, both beyond chance, want the opposite.

    Args:
        parts: Choices by the part's name, such as that of a file.
    """
    words = {name: [found for one in own if (found := _words(one))] for name, own in parts.items()}
    told = {name: own for name, own in words.items() if _tells(own)}
    for one, other in combinations(told, 2):
        there, back = _foretold(told[one], told[other]), _foretold(told[other], told[one])
        if _turned(*there) and _turned(*back):
            shares = there[0] / there[1], back[0] / back[1]
            yield Opposite(one, other, shares, (there[1], back[1]))


def parts_of(choices: Mapping[str, Sequence[Choice]]) -> dict[str, Sequence[Choice]]:
    """Return the parts that are held against each other: files, or where there is one, stretches of it.

    Args:
        choices: By file, in its order.
    """
    if len(choices) > 1:
        return dict(choices)
    ((name, own),) = choices.items()
    ends = [len(own) * part // PARTS for part in range(PARTS + 1)]
    return {
        f"{name}, rows {start + 1} to {end}": own[start:end] for start, end in pairwise(ends) if end > start
    }


def _words(choice: Choice) -> Words | None:
    """Return the words of a choice; None where nothing in them tells the options apart."""
    if choice.letters:
        said = [frozenset(_WORD.findall(text.casefold())) for text in choice.texts]
        wanted, others = (
            said[choice.wanted],
            frozenset().union(*said[: choice.wanted], *said[choice.wanted + 1 :]),
        )
        return Words(wanted - others, others - wanted, True) if wanted != others else None
    asked = frozenset(_WORD.findall(choice.question.casefold()))
    agrees = {"yes": True, "true": True, "no": False, "false": False}.get(
        choice.answers.wanted.strip().casefold()
    )
    if agrees is None:
        return None
    return Words(asked, frozenset(), False) if agrees else Words(frozenset(), asked, False)


def _tells(words: Sequence[Words]) -> bool:
    agreed = [bool(one.wanted) for one in words if not one.compared]
    rarer = min(sum(agreed), len(agreed) - sum(agreed))
    return bool(words) and rarer >= LEAST_OF_EACH * len(agreed)


def _foretold(learned: Sequence[Words], asked: Sequence[Words]) -> tuple[int, int]:
    """Return of how many choices the words of one part foretell the wanted option, and of how many any."""
    wanted = Counter(word for one in learned for word in one.wanted)
    other = Counter(word for one in learned for word in one.other)
    odds = {word: math.log((wanted[word] + 1) / (other[word] + 1)) for word in {*wanted, *other}}
    leanings = [
        sum(odds.get(word, 0.0) for word in sorted(one.wanted))
        - sum(odds.get(word, 0.0) for word in sorted(one.other))
        for one in asked
    ]
    return sum(one > 0 for one in leanings), sum(one != 0 for one in leanings)


def _turned(right: int, asked: int) -> bool:

    return asked > 0 and right < WRONG * asked and bool(binomial_at_most(right, asked, 0.5) <= LEVEL)
