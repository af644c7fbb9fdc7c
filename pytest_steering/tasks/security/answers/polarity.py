"""What a question asks: which weakness, what "yes" means, and what its options say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pytest_steering.tasks.security.answers.lettered_options import Options, options_in_question
from pytest_steering.tasks.security.answers.normalize import normalized, window, without_emphasis
from pytest_steering.tasks.security.answers.sentences import Sentence, sentences_of

_STATE = r"\b(?:secure|safe|vulnerable|insecure|unsafe|exploitable)\b"
_CHOICE = re.compile(rf"{_STATE}[\w ,]{{0,30}}\bor\b[\w ,]{{0,30}}{_STATE}")


@dataclass(frozen=True)
class Asked:
    """A question, understood.

    Attributes:
        keys: The weaknesses it names; empty when it asks about weakness in general.
        yes: +1 where "yes" says that the weakness is there, -1 where it says that it is not, 0 for a choice.
        options: What each lettered or numbered option, or the former and the latter, says: +1 or -1.
    """

    keys: frozenset[str] = frozenset()
    yes: int = 1
    options: Options = ()


@lru_cache(maxsize=512)
def understood(question: str | None) -> Asked:
    """Return what a question asks; no question counts as "is this code vulnerable?"."""
    if not question:
        return Asked()
    text = without_emphasis(normalized(window(question)[0]))
    options, end = options_in_question(text)
    text = text[:end]
    stating = [sentence for sentence in sentences_of(text) if sentence.statements]
    asking = [sentence for sentence in stating if sentence.asks] or stating
    if not asking:
        return Asked(options=options)
    keys = _keys(asking[-1:]) or _keys(stating)
    yes = _polarity(text, asking[-1])
    return Asked(keys, yes, options or (_either(asking[-1]) if yes == 0 else ()))


def _keys(sentences: list[Sentence]) -> frozenset[str]:
    return frozenset(key for sentence in sentences for one in sentence.statements for key in one.keys)


def _either(sentence: Sentence) -> Options:
    """Return what "the former" and "the latter" of a choice say."""
    first = next((one.sign for one in sentence.statements if one.predicate), 0)
    return (("former", first), ("latter", -first)) if first else ()


def _polarity(text: str, sentence: Sentence) -> int:
    signs = {one.sign for one in sentence.statements if one.predicate}
    if len(signs) > 1 or _CHOICE.search(text, sentence.start, sentence.end):
        return 0
    return sentence.statements[0].sign
