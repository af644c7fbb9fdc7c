"""Are there enough pairs, and are they as many as they seem?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_steering.extraction.pair_checks.pair_problem import PairProblem, sides_of
from pytest_steering.extraction.pairs import ContrastPair

FEW = 16
"""With fewer pairs a direction is theirs more than the behaviour's."""

DISTINCT = 0.5
"""A side on which fewer of the texts than this are distinct is a constant, more or less."""


def few(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that there are few pairs."""
    if len(pairs) >= FEW:
        return None
    return PairProblem(
        "few",
        len(pairs),
        f"there are {len(pairs)} pairs",
        f"write at least {FEW}, better 64, over various subjects",
    )


def equal_texts(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report pairs whose two texts are the same but for case and spaces."""
    equal = [pair for pair in pairs if _plain(pair.positive) == _plain(pair.negative)]
    if not equal:
        return None
    says = f"{len(equal)} of {len(pairs)} pairs have two texts that differ in case and spaces at most"
    return PairProblem("equal_texts", len(equal), f"{says}, such as {equal[0].sample_id}", "take them out")


def repeated(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report pairs that occur again."""
    seen = Counter((_plain(pair.positive), _plain(pair.negative)) for pair in pairs)
    again = len(pairs) - len(seen)
    if not again:
        return None
    says = f"{again} of {len(pairs)} pairs are repetitions of others"
    return PairProblem("repeated", again, says, "keep one of each: a repeated pair counts twice")


def both_sides(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report texts that are positive in one pair and negative in another."""
    positive, negative = (set(map(_plain, side)) for side in sides_of(pairs))
    both = positive & negative - {
        _plain(pair.positive) for pair in pairs if _plain(pair.positive) == _plain(pair.negative)
    }
    if not both:
        return None
    says = f"{len(both)} texts are positive in one pair and negative in another: {min(both)[:60]!r}"
    return PairProblem("both_sides", len(both), says, "decide on which side each belongs")


def uniform_side(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report a side on which most texts are the same."""
    if len(pairs) < 2:
        return None
    shares = {
        name: len(set(map(_plain, side))) / len(pairs)
        for name, side in zip(("positive", "negative"), sides_of(pairs), strict=True)
    }
    name = min(shares, key=lambda one: shares[one])
    alone = max(shares.values()) > shares[name]
    if shares[name] >= DISTINCT or not alone:
        return None
    says = f"the {name} side has {round(shares[name] * len(pairs))} distinct texts in {len(pairs)} pairs"
    advice = "give each pair a text of its own there, or what that one text is about becomes the direction"
    return PairProblem("uniform_side", shares[name], says, advice)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


CHECKS = (few, equal_texts, repeated, both_sides, uniform_side)
