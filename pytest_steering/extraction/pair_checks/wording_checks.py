"""Do words alone tell the sides apart: a beginning that all texts of a side share, a word that tells all?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from pytest_steering.extraction.pair_checks.form_checks import LEAST, TELLS
from pytest_steering.extraction.pair_checks.pair_problem import PairProblem, sides_of
from pytest_steering.extraction.pairs import ContrastPair

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def shared_beginning(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report words that all texts of a side begin with and none of the other."""
    sides = sides_of(pairs)
    own = [_shared([_words(text) for text in side]) for side in sides]
    common = len(_shared(own))
    name, words = max(zip(("positive", "negative"), own, strict=True), key=lambda one: len(one[1]))
    alone = words[common:]
    if len(pairs) < LEAST or not alone:
        return None
    shown = " ".join(words[: common + 8])
    says = f"all {len(pairs)} {name} texts begin with {shown!r}, which the other side does not"
    advice = "say it in several ways: else the direction is that phrase's as much as the behaviour's"
    return PairProblem("shared_beginning", len(alone), says, advice)


def leakage(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report words that stand in most texts of one side and in few of the other.

    Such a word is often the label itself, or the very word that steered text is to have: a direction of it
    says that word, whatever was meant.
    """
    positive, negative = (
        Counter(word for text in side for word in set(_words(text))) for side in sides_of(pairs)
    )
    apart = {word: (positive[word] - negative[word]) / len(pairs) for word in positive | negative}
    told = sorted(
        (word for word in apart if abs(apart[word]) >= TELLS),
        key=lambda word: (-abs(apart[word]), -len(word), word),
    )
    if len(pairs) < LEAST or not told:
        return None
    word = told[0]
    says = f"{word!r} stands in {positive[word]} positive and {negative[word]} negative texts of {len(pairs)}"
    more = f"; so tell {', '.join(map(repr, told[1:5]))}" if len(told) > 1 else ""
    advice = "vary the words of a side, or let both sides have them: what one word tells is no behaviour"
    return PairProblem("leakage", abs(apart[word]), says + more, advice)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shared(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return what all lists begin with."""
    return [row[0] for row in takewhile(lambda row: len(set(row)) == 1, zip(*lists, strict=False))]


CHECKS = (shared_beginning, leakage)
