"""Do letters alone tell the sides apart: capitals, another script?"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from pytest_steering.extraction.pair_checks.form_checks import LEAST, TELLS
from pytest_steering.extraction.pair_checks.pair_problem import PairProblem, sides_of
from pytest_steering.extraction.pairs import ContrastPair

_MOSTLY = 0.5
"""Of the letters of a text."""


def capitals(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that one side is in capitals, or begins with one, and the other is not and does not."""
    forms: dict[str, Callable[[str], bool]] = {
        "are in capitals": _in_capitals,
        "begin with a capital": _begins,
    }
    for what, has in forms.items():
        one, other = (sum(map(has, side)) for side in sides_of(pairs))
        share = abs(one - other) / len(pairs)
        if len(pairs) >= LEAST and share >= TELLS:
            says = f"{one} positive and {other} negative texts of {len(pairs)} {what}"
            return PairProblem("capitals", share, says, "write both sides alike: tokens differ by their case")
    return None


def scripts(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that the sides are written in different scripts, such as Latin and Cyrillic."""
    sides = [[_script(text) for text in side] for side in sides_of(pairs)]
    apart = sum(one != other for one, other in zip(*sides, strict=True) if one and other)
    counts = [Counter(side) for side in sides]
    told = max(abs(counts[0][name] - counts[1][name]) for name in counts[0] | counts[1])
    if len(pairs) < LEAST or min(apart, told) < TELLS * len(pairs):
        return None
    first, second = (count.most_common(1)[0][0].capitalize() for count in counts)
    says = f"in {apart} of {len(pairs)} pairs the sides are in other scripts, such as {first} and {second}"
    return PairProblem("scripts", apart / len(pairs), says, "write both sides in the same languages")


def _in_capitals(text: str) -> bool:
    letters = [one for one in text if one.isupper() or one.islower()]
    return len(letters) > 1 and sum(map(str.isupper, letters)) > _MOSTLY * len(letters)


def _begins(text: str) -> bool:
    return next((one for one in text if one.isalnum()), "").isupper()


def _script(text: str) -> str:
    """Return the script of most letters, as their names begin; empty without letters."""
    letters = Counter(unicodedata.name(one, "").partition(" ")[0] for one in text if one.isalpha())
    return letters.most_common(1)[0][0] if letters else ""


CHECKS = (capitals, scripts)
