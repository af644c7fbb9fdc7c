"""The text reader: from an answer's words to a verdict, by rules of language, without a model."""

from __future__ import annotations

import re

from pytest_steering.evaluation.answers.answer import Answer
from pytest_steering.evaluation.answers.code import prose_of
from pytest_steering.evaluation.answers.decision import Finding, decided
from pytest_steering.evaluation.answers.marks import boxes_of
from pytest_steering.evaluation.answers.normalize import (
    GAP,
    HEAD,
    blank,
    blanked,
    normalized,
    window,
    without_emphasis,
)
from pytest_steering.evaluation.answers.polarity import Asked, understood
from pytest_steering.evaluation.answers.segments import answer_end
from pytest_steering.evaluation.answers.values import value_at

_TAG = re.compile(r"</?[a-z!][^<>\n]{0,200}>")
_OPTION_LINE = re.compile(r"^[ \t>*-]{0,8}\(?([a-d]|[1-4])[).:]\s*(?=\S)", re.MULTILINE)
_LETTER = re.compile(
    r"[\s\W_]{0,20}(?:(?:the |my )?(?:final |correct |right )?(?:answer|option|choice|verdict|a)\s{0,3}(?:is)?\s{0,3}[:=]?\s{0,3})?"
    r"(?:option |choice )?[(*\"'\[]{0,3}([a-d]|[1-4])(?![\w'])[)\]*.:,\"'\s]"
)


def read_text(text: str, question: str | None = None) -> Answer:
    """Read an answer by its explicit verdicts, or else by what its sentences state.

    Code, further questions and whatever follows them are left out. Then the first of these that applies decides:
    a ticked box, an option's letter, an explicit verdict ("Yes", "Answer: no", "Vulnerable."), a conclusion, plain
    statements about the asked weakness, the weight of lesser evidence. Verdicts that contradict each other
    without a sign of correction read `none`, and so do answers without any.

    Args:
        text: The answer. Of a longer one the first 24,000 and the last 8,000 characters are read, so the time is
            bounded for any length.
        question: The question as asked; names the weakness and what "yes" means.

    Returns:
        The verdict with the place of the words that decided it.
    """
    asked = understood(question)
    read, shift = window(text)
    lead = len(text) - len(text.lstrip())
    finding = _found(read, asked)
    return Answer(finding.verdict, finding.confidence, _placed(finding.span, lead, shift), finding.rule)


def _placed(span: tuple[int, int] | None, lead: int, shift: int) -> tuple[int, int] | None:
    if span is None:
        return None
    start, end = (place + lead + (shift if place >= HEAD + len(GAP) else 0) for place in span)
    return start, end


def _found(text: str, asked: Asked) -> Finding:
    plain = normalized(text)
    plain = plain[: answer_end(plain)]
    ticked = _ticked(plain, asked)
    if ticked is not None:
        return ticked
    lettered = _lettered(plain, asked)
    if lettered is not None:
        return lettered
    for box in boxes_of(plain):
        plain = plain[: box.start] + blanked(plain[box.start : box.end]) + plain[box.end :]
    return decided(_TAG.sub(blank, without_emphasis(prose_of(plain))), asked)


def _sign(word: str, asked: Asked) -> int:
    return {"there": 1, "absent": -1, "yes": asked.yes, "no": -asked.yes}.get(word, 0)


def _finding(sign: int, span: tuple[int, int], rule: str) -> Finding:
    return Finding("yes" if sign > 0 else "no", 0.95, span, rule)


def _ticked(text: str, asked: Asked) -> Finding | None:
    boxes = [box for box in boxes_of(text) if box.ticked]
    if not boxes:
        return None
    signs = {_sign(box.value, asked) for box in boxes}
    span = boxes[0].start, boxes[0].end
    if len(signs) > 1 or 0 in signs:
        return Finding(
            "none", None, span, "boxes ticked for both" if len(signs) > 1 else "another box ticked"
        )
    return _finding(signs.pop(), span, "ticked box")


def _lettered(text: str, asked: Asked) -> Finding | None:
    options = dict(asked.options) or _listed(text, asked)
    if not options:
        return None
    found = _LETTER.match(text + " ", _behind_options(text, asked))
    if found is None or found[1] not in options:
        return None
    return _finding(options[found[1]], found.span(1), "option")


def _listed(text: str, asked: Asked) -> dict[str, int]:
    values = {found[1]: value_at(text, found.end()) for found in _OPTION_LINE.finditer(text)}
    signs = {name: _sign(value.word, asked) for name, value in values.items() if value}
    return signs if {1, -1} <= set(signs.values()) else {}


def _behind_options(text: str, asked: Asked) -> int:
    if asked.options:
        return 0
    last = 0
    for found in _OPTION_LINE.finditer(text):
        stop = text.find("\n", found.end())
        last = len(text) if stop < 0 else stop
    return last
