"""Does form alone tell the sides apart: length, the last sign, an option's letter?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from pytest_steering.extraction.pair_checks.pair_problem import PairProblem, sides_of
from pytest_steering.extraction.pairs import ContrastPair

TELLS = 0.8
"""From this share of pairs on, what goes one way in them tells the sides apart."""

LEAST = 5
"""Pairs of which a share is taken: of fewer, chance alone gives one."""

_LETTER = re.compile(r"\(?\b([A-H])\b[\).:]?\s*$")


def length_skew(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that one side is longer in most pairs, by at least a tenth."""
    lengths = [(len(pair.positive), len(pair.negative)) for pair in pairs]
    longer = {
        "positive": sum(one >= 1.1 * other and one > other for one, other in lengths),
        "negative": sum(other >= 1.1 * one and other > one for one, other in lengths),
    }
    side, count = max(longer.items(), key=lambda item: item[1])
    if len(pairs) < LEAST or count < TELLS * len(pairs):
        return None
    apart = median(abs(one - other) for one, other in lengths)
    says = (
        f"the {side} text is longer in {count} of {len(pairs)} pairs, by {apart:g} characters in the median"
    )
    advice = "fill the shorter side with words that say nothing of the behaviour, or cut the longer one"
    return PairProblem("length_skew", count / len(pairs), says, advice)


def ending(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report a last sign that one side has and the other has not: the state of it is what is read."""
    ends = [Counter(text[-1:] for text in side if not text[-1:].isalnum()) for side in sides_of(pairs)]
    shares = {
        sign: (ends[0][sign] / len(pairs), ends[1][sign] / len(pairs)) for sign in ends[0] | ends[1] if sign
    }
    apart = {sign: abs(one - other) for sign, (one, other) in shares.items()}
    sign = max(apart, key=lambda one: apart[one], default="")
    if len(pairs) < LEAST or not sign or apart[sign] < TELLS:
        return None
    one, other = shares[sign]
    says = f"{one:.0%} of the positive texts end in {sign!r} and {other:.0%} of the negative ones"
    advice = "let both sides end alike: the last token's state is read, and holds what the token is"
    return PairProblem("ending", apart[sign], says, advice)


def trailing_space(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report texts that end in a space, which most tokenizers read as another token than what follows."""
    ending = [text for side in sides_of(pairs) for text in side if text[-1:].isspace()]
    if not ending:
        return None
    says = f"{len(ending)} of {2 * len(pairs)} texts end in white space"
    return PairProblem("trailing_space", len(ending), says, "take it off, or put it before what follows")


def letter_balance(pairs: Sequence[ContrastPair]) -> PairProblem | None:
    """Report that one option's letter is the positive answer far more often than the other."""
    found = [(_letter(pair.positive), _letter(pair.negative)) for pair in pairs]
    answered = [one for one, other in found if one and other and one != other]
    if len(answered) < max(LEAST, TELLS * len(pairs)):
        return None
    letter, count = Counter(answered).most_common(1)[0]
    kinds = len({letter for both in found for letter in both if letter})
    if count / len(answered) - 1 / kinds < 0.2:
        return None
    says = f"the positive answer is {letter} in {count} of {len(answered)} pairs that end in a letter"
    advice = f"exchange the options' order in some pairs, so that {letter} is right in one of {kinds}"
    return PairProblem("letter_balance", count / len(answered), says, advice)


def _letter(text: str) -> str:
    found = _LETTER.search(text)
    return found[1] if found else ""


CHECKS = (length_skew, ending, trailing_space, letter_balance)
