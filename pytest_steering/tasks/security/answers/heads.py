"""Explicit verdicts: "Yes, ...", "Answer: no", "VULNERABLE: NO", "Hence yes."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_steering.tasks.security.answers.patterns import one_of
from pytest_steering.tasks.security.answers.values import labelled_value_at, value_at

_NUMBER = r"(?:\(?(?:\d{1,2}|[a-d])[.):]\s{0,9})?"
_LEADS_IN = one_of(
    "well, sure, certainly, definitely, absolutely, of course, ok, okay, so, hence, thus, therefore,"
    "in short,"
    "in conclusion, in summary, in brief, overall, final, finally, potentially, possibly, probably,"
    "most likely, likely, maybe, presumably, technically, unfortunately, fortunately, actually, wait, hmm,"
    "honestly, indeed, i think, i believe, i would say, i'd say, conclusion, short answer, to summarize,"
    "summary, as a result, consequently, but, then, because of this, for this reason, ultimately,"
    "bottom line, tl;dr, tldr, in a word, short, in brief, sadly, regrettably, my take, edit, correction,"
    "result, it's a, it is a, that's a, i'd say it's a, my answer, and, still,"
    "(?:i|i'd|i would) (?:lean towards|go with), i'm (?:leaning towards|going with),"
    "my (?:best )?guess (?:is|would be)"
)
_FILLER = rf"(?:{_LEADS_IN}(?! not\b)[,.!:;]{{0,3}}\s{{1,9}}){{0,3}}"
_WHOSE = r"(?:(?:the|my|our|your)\s{1,9})?"
_KINDS = one_of(
    "final, correct, right, short, best, expected, overall, direct, simple, updated, revised, corrected, new"
)
_KIND = rf"(?:{_KINDS}\s{{1,9}}){{0,2}}"
_NAME = one_of(
    "answer, verdict, decision, conclusion, result, response, assessment, judge?ment, classification, label,"
    "determination, status, solution, output, option, choice, yes/no, yes or no, ans, a, assistant, ai, bot,"
    "expert, reviewer, bottom line, finding, ruling, outcome, guess, call, tl;dr, tldr"
)
_IS = (
    r"\"?[\s(]{0,60}(?:to (?:the|your|this) question\s{0,9})?"
    r"(?:(?:is|would be|should be|must be)\s{0,9}:?|[:=?-]|\n)"
)
LABEL = rf"{_WHOSE}{_KIND}{_NAME}{_IS}\s{{0,60}}(?:that\s{{1,9}})?"
_START = re.compile(
    rf"[\s\W_]{{0,60}}{_NUMBER}[\s\W_]{{0,8}}{_FILLER}(?P<label>{LABEL}[\s\W_]{{0,12}}{_NUMBER})?{_FILLER}"
)
_GOES_ON = one_of(
    "the, this, that's, thats, from me, it, it's, there, because, i, we, code, as, since, due, based, your,"
    "these, in"
)
_AFTER = re.compile(rf"[\s\"'*_)\]}}>]{{0,40}}(?:$|[.,;:!()\]}}<-]|\n|{_GOES_ON}\b)")
_NO_VERDICT = re.compile(
    r"\s{0,4}(?:->|=>|→|(?<=yes), no\W{0,9}$|(?<=no), yes\W{0,9}$)|"
    r"\s{0,4}(?:(?:and|or|/|\||,? ?(?:possibly|perhaps|maybe))\s{0,4}(?:no|yes|not)\b"
    r"|[,.!]?\s{0,4}(?:right,|sure,|right as|(?:i can|i could|i will|i'll|i'd|let me|let's)\b))"
)
_STATES = one_of("vulnerable, vulnerability, vulnerabilities, insecure, unsafe, exploitable, secure, safe")
_PROPERTY = re.compile(
    rf"(?P<name>{_STATES})"
    r"(?: (?:present|found|detected|exists|status|code))?[\"'*_ (<]{0,20}"
    r"(?:[:=?]|->|=>| -)[\"'*_\s]{0,6}(?=[a-z])"
)
_BEFORE_PROPERTY = re.compile(r"(?:^|[^a-z'])(?:(?:is|has|contains)[_ ])?$")


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


def head_of(text: str, start: int, end: int, labelled: bool = False) -> Head | None:
    """Return the explicit verdict that a sentence, text[start:end], begins with.

    Args:
        text: A normalized text.
        start: Where the sentence begins, or what stands behind a label.
        end: Where it ends.
        labelled: A label stands before it.
    """
    opening = _START.match(text, start, end)
    value_there = labelled_value_at if labelled or (opening and opening["label"]) else value_at
    value = value_there(text, opening.end()) if opening is not None else None
    if opening is None or value is None or value.end > end:
        return None
    if _NO_VERDICT.match(text, value.end) or not _AFTER.match(text, value.end):
        return None
    return Head(value.word, value.start, value.end, labelled or opening["label"] is not None)


def properties_of(text: str) -> Iterator[Head]:
    """Return the verdicts given as a property: `vulnerable: no`, `"secure": true`."""
    for found in _PROPERTY.finditer(text):
        value = value_at(text, found.end())
        if value is None or value.word not in ("yes", "no") or _AFTER.match(text, value.end) is None:
            continue
        if _BEFORE_PROPERTY.search(text[max(0, found.start() - 12) : found.start()]) is None:
            continue
        said = (value.word == "yes") != (found["name"] in ("secure", "safe"))
        yield Head("there" if said else "absent", found.start(), value.end, labelled=True)
