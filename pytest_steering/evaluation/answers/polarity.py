"""What a question asks: which weakness, what "yes" means, and what its options say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pytest_steering.evaluation.answers.heads import head_of
from pytest_steering.evaluation.answers.normalize import normalized, window, without_emphasis
from pytest_steering.evaluation.answers.sentences import Sentence, sentences_of

_OPTION = re.compile(r"(?:^|(?<=[\s.?!:;,/]))\(?([a-d]|[1-4])[).:]\s+(?=[a-z])")
_CHOICE = re.compile(
    r"\b(?:secure|safe|vulnerable|insecure|unsafe|buggy)\b[\w ,]{0,30}\bor\b[\w ,]{0,30}\b(?:secure|safe|vulnerable|insecure|unsafe)\b"
)


@dataclass(frozen=True)
class Asked:
    """A question, understood.

    Attributes:
        keys: The weaknesses it names; empty when it asks about weakness in general.
        yes: +1 where "yes" says that the weakness is there, -1 where it says that it is not, 0 for a choice.
        options: What each lettered or numbered option says, +1 or -1.
    """

    keys: frozenset[str] = frozenset()
    yes: int = 1
    options: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=512)
def understood(question: str | None) -> Asked:
    """Return what a question asks; no question counts as "is this code vulnerable?"."""
    if not question:
        return Asked()
    text = without_emphasis(normalized(window(question)[0]))
    options = _options(text)
    if options:
        text = text[: options[0][2]]
    sentences = list(sentences_of(text))
    keys = frozenset(key for sentence in sentences for one in sentence.statements for key in one.keys)
    asking = [sentence for sentence in sentences if sentence.asks and sentence.statements]
    asking = asking or [sentence for sentence in sentences if sentence.statements]
    signs = tuple((name, sign) for name, sign, _ in options)
    if not asking:
        return Asked(keys, 1, signs)
    return Asked(_keys(asking[-1]) or keys, _polarity(text, asking[-1]), signs)


def _keys(sentence: Sentence) -> frozenset[str]:
    return frozenset(key for one in sentence.statements for key in one.keys)


def _polarity(text: str, sentence: Sentence) -> int:
    signs = {one.sign for one in sentence.statements if one.predicate}
    if len(signs) > 1 or _CHOICE.search(text, sentence.start, sentence.end):
        return 0
    return sentence.statements[0].sign


def _options(text: str) -> list[tuple[str, int, int]]:
    found = list(_OPTION.finditer(text))
    options = []
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        sign = _option_sign(text[match.end() : end])
        if sign:
            options.append((match[1], sign, match.start()))
    return options if len({sign for _, sign, _ in options}) > 1 else []


def _option_sign(text: str) -> int:
    statements = [one for sentence in sentences_of(text) for one in sentence.statements]
    if statements:
        return statements[0].sign
    head = head_of(text, 0, len(text))
    return 0 if head is None else 1 if head.word in ("yes", "there") else -1
