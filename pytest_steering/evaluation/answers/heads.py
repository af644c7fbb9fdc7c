"""Explicit verdicts: "Yes, ...", "Answer: no", "VULNERABLE: NO", "Hence yes."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_steering.evaluation.answers.values import value_at

_NUMBER = r"(?:\(?(?:\d{1,2}|[a-d])[.):]\s*)?"
_FILLER = (r"(?:(?:well|sure|certainly|definitely|absolutely|of course|ok|okay|so|hence|thus|therefore|in short|in conclusion|"
           r"in summary|in brief|overall|final|finally|potentially|possibly|probably|most likely|likely|maybe|presumably|technically|unfortunately|fortunately|actually|wait|hmm|honestly|indeed|i think|i believe|i would say|i'd say|conclusion|"
           r"short answer|to summarize|summary|as a result|consequently|but|then|because of this|for this reason|ultimately)(?![ ]not\b)[,.!:;]*\s+){0,3}")  # fmt: skip
LABEL = (r"(?:(?:the|my|our)\s+)?(?:(?:final|correct|right|short|best|expected|overall|direct|simple)\s+){0,2}"
         r"(?:answer|verdict|decision|conclusion|result|response|assessment|judge?ment|classification|label|determination|status|"
         r"solution|output|yes/no|yes or no|ans|a)\"?\s*(?:to (?:the|your|this) question\s*)?"
         r"(?:(?:is|would be|should be|must be)\s*:?|[:=?-]|\n)\s*(?:that\s+)?")  # fmt: skip
_OPEN = r"[\s\W_]*"
_START = re.compile(
    rf"{_OPEN[:-1]}{{0,60}}{_NUMBER}{_OPEN[:-1]}{{0,8}}{_FILLER}(?P<label>{LABEL}[\s\W_]{{0,12}})?{_FILLER}"
)
_AFTER = re.compile(
    r"[\s\"'*_)\]}>]*(?:$|[.,;:!)\]}<-]|\n|(?:the|this|that's|it|it's|there|because|i|we|code|as|since|due|based|your|these|in)\b)"
)
_BOTH = re.compile(
    r"\s{0,4}(?:(?:and|or|/|\|)\s*(?:no|yes|not)\b|[,.!]?\s{0,4}(?:i can|i could|i will|i'll|i'd|let me|let's)\b)"
)
_PROPERTY = re.compile(
    r"(?<![\w'])(?:is[_ ]|has[_ ]|contains[_ ])?(?P<name>vulnerable|vulnerability|vulnerabilities|insecure|unsafe|exploitable|secure|safe)"
    r"(?: (?:present|found|detected|exists|status|code))?[\"'*_ ]{0,4}(?:[:=?]|->|=>| -)[\"'*_\s]{0,6}(?=[a-z])"
)


class Head(NamedTuple):
    """An explicit verdict.

    Attributes:
        word: `yes`, `no` (as to the question), `there` or `absent` (as to the weakness).
        start: Place of its first character.
        end: Place behind its last character.
        labelled: It stands behind "answer:" or the like.
    """

    word: str
    start: int
    end: int
    labelled: bool


def head_of(text: str, start: int, end: int) -> Head | None:
    """Return the explicit verdict that a sentence, text[start:end], begins with."""
    opening = _START.match(text, start, end)
    if opening is None:
        return None
    value = value_at(text, opening.end())
    if value is None or value.end > end or _BOTH.match(text, value.end):
        return None
    if _AFTER.match(text, value.end) is None:
        return None
    return Head(value.word, value.start, value.end, opening["label"] is not None)


def properties_of(text: str) -> Iterator[Head]:
    """Return the verdicts given as a property: `vulnerable: no`, `"secure": true`."""
    for found in _PROPERTY.finditer(text):
        value = value_at(text, found.end())
        if value is None or value.word not in ("yes", "no") or _AFTER.match(text, value.end) is None:
            continue
        said = (value.word == "yes") != (found["name"] in ("secure", "safe"))
        yield Head("there" if said else "absent", found.start(), value.end, labelled=True)
