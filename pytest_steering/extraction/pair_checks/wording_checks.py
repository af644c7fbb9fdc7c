"""Do words alone tell the sides apart: a beginning that texts of a side share, a word that tells all?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from pytest_steering.extraction.pair_checks.form_checks import LEAST, TELLS
from pytest_steering.extraction.pair_checks.pair_problem import PairProblem, sides_of
from pytest_steering.extraction.pairs import ContrastPair

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
"""Thai and Lao, kana, Chinese characters: written without spaces, so that each sign stands for a word."""

_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:['’][^\W{_UNSPACED}]+)*")

_SIGN = re.compile(r"[^\w\s]")


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


def first_word(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that the first word tells the side, by what it is in other pairs: `Yes` and `Sure`, `No`."""
    begins = [[(_words(text) or [""])[0] for text in (pair.positive, pair.negative)] for pair in pairs]
    positive, negative = (Counter(side) for side in zip(*begins, strict=True))
    told = 0
    for one, other in begins:
        told += positive[one] - 1 > negative[one] - (other == one)
        told += negative[other] - 1 > positive[other] - (other == one)
    share = told / (2 * len(pairs))
    if len(pairs) < LEAST or share < TELLS or shared_beginning(pairs):
        return None
    often = " or ".join(repr(side.most_common(1)[0][0]) for side in (positive, negative))
    says = f"the first word tells the side of {told} of {2 * len(pairs)} texts, such as {often}"
    advice = "begin both sides with the same words, or each pair with words of its own"
    return PairProblem("first_word", share, says, advice)


def leakage(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report words, and signs within a text, that stand in most texts of one side and in few of the other.

    Such a word is often the label itself, or the very word that steered text is to have: a direction of it
    says that word, whatever was meant.
    """
    positive, negative = (
        Counter(word for text in side for word in {*_words(text), *_SIGN.findall(text[:-1])})
        for side in sides_of(pairs)
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


CHECKS = (shared_beginning, first_word, leakage)
