"""Short replies, such as "It does." to a question, and verdicts at the end of a sentence: "..., so no"."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.heads import Head
from pytest_steering.tasks.security.answers.patterns import one_of
from pytest_steering.tasks.security.answers.values import value_at

_LONGEST = 80
_VERB = one_of("does, is, has, do, are, can, could, was, would")
_DENIES = rf"(?P<no> {_VERB}(?: not|n't)|'s not| cannot| can't)"
_SUBJECT = one_of("it, this one, this version, the code, this code, this, that, they, these, there, he, one")
_STRESS = r"(?: (?:certainly|clearly|definitely|indeed|most certainly|sure|really))?"
_OPENS = rf"(?:{one_of('indeed, so, yes, no, well, hence, therefore, thus, and, but')},? )?"
_REPLY = rf"{_OPENS}(?P<said>{_SUBJECT}{_STRESS}(?:{_DENIES}| {_VERB})(?: (?:so|indeed))?)"
_SHORT = re.compile(rf"[\s\W]{{0,20}}{_REPLY}[\s\W]{{0,20}}$")
_SHORT_TO_QUESTION = re.compile(rf"[\s\W]{{0,20}}(?:a:\s{{0,9}})?{_REPLY}(?:[\s\W]{{0,20}}$|[,;:(-])")
_AGREES = re.compile(
    r"[\s\W_]{0,20}(?:absolutely|definitely|certainly|of course|correct|exactly|sure|indeed|obviously)"
    r"\s{0,3}[.!]?\s{0,9}$"
)
_TAIL_WORD = re.compile(r"\b(?:yes|no|vulnerable|secure|safe)[\s\W]{0,20}$")
_TAIL = re.compile(
    r"(?:[,;:(-]\s{0,9}(?:and )?(?:so|hence|thus|therefore|then|in short)"
    r"|(?:answer|verdict) (?:is|must be)(?: therefore)?)"
    r"[,:]?\s{1,9}(?=(?:yes|no|not vulnerable|vulnerable|secure|safe)[\s\W]{0,20}$)"
)


def tail_of(text: str, start: int, end: int) -> Head | None:
    """Return the verdict that a sentence ends with: "..., so no"."""
    if _TAIL_WORD.search(text, max(start, end - 24), end) is None:
        return None
    found = _TAIL.search(text, start, end)
    value = value_at(text, found.end()) if found else None
    return Head(value.word, value.start, value.end, labelled=True) if value else None


def short_reply_of(text: str, start: int, end: int, to_question: bool) -> Head | None:
    """Return the verdict of a sentence that is no more than "it does" or "it is not".

    Args:
        text: A normalized text.
        start: Where the sentence begins.
        end: Where it ends.
        to_question: A question stands before it; then it may go on behind a comma.
    """
    if end - start > _LONGEST and not to_question:
        return None
    if to_question and _AGREES.match(text, start, end):
        return Head("yes", start, end, labelled=False)
    found = (_SHORT_TO_QUESTION if to_question else _SHORT).match(text, start, end)
    cut_short = found is not None and end == len(text) and start > 0 and found[0].rstrip()[-1:].isalpha()
    if found is None or cut_short:
        return None
    return Head("no" if found["no"] else "yes", *found.span("said"), labelled=False)
