"""The text reader: from an answer's words to a verdict, by rules of language, without a model."""

from __future__ import annotations

import re

from pytest_steering.tasks.reading.answer import Answer
from pytest_steering.tasks.security.answers import normalize
from pytest_steering.tasks.security.answers.code_blocks import prose_of
from pytest_steering.tasks.security.answers.decision import Finding, decided
from pytest_steering.tasks.security.answers.marked_option import marked_option
from pytest_steering.tasks.security.answers.marks import boxes_of
from pytest_steering.tasks.security.answers.polarity import Asked, understood
from pytest_steering.tasks.security.answers.quotations import without_quotations
from pytest_steering.tasks.security.answers.segments import answer_end
from pytest_steering.tasks.security.answers.structured import structured_verdict

_TAG = re.compile(r"</?[a-z!][^<>\n]{0,200}>")
_THINKING = re.compile(r"^(?s:.*)</think(?:ing)?>")
_PROMPT = re.compile(r"(?:yes(?: ?/ ?|\|)no|y/n|true(?: ?/ ?|\|)false)\b[)\]>]?")
_KEY = re.compile(r"[{,]\s{0,40}[\"'][\w -]{1,60}[\"']\s{0,3}:")


def read_text(text: str, question: str | None = None) -> Answer:
    """Read an answer by its explicit verdicts, or else by what its sentences state.

    Code, further questions and whatever follows them are left out. Then the first of these that applies
    decides: a ticked box, an option's letter, an explicit verdict ("Yes", "Answer: no", "Vulnerable."), a
    conclusion, plain statements about the asked weakness, the weight of lesser evidence, a finding of another
    weakness only (which reads *no*). Verdicts that contradict each other without a sign of correction read
    `none`, and so do answers without any.

    Args:
        text: The answer. Of a longer one the first 24,000 and the last 8,000 characters are read, so the time
            is bounded for any length.
        question: The question as asked; names the weakness and what "yes" means.

    Returns:
        The verdict with the place of the words that decided it.
    """
    read, shift = normalize.window(text)
    lead = len(text) - len(text.lstrip())
    finding = _found(read, understood(question))
    return Answer(finding.verdict, finding.confidence, _placed(finding.span, lead, shift), finding.rule)


def _placed(span: tuple[int, int] | None, lead: int, shift: int) -> tuple[int, int] | None:
    """Return a span of the window as one of the whole answer."""
    if span is None:
        return None
    tail = normalize.HEAD + len(normalize.GAP)
    start, end = (place + lead + (shift if place >= tail else 0) for place in span)
    return start, end


def _found(text: str, asked: Asked) -> Finding:
    plain = _THINKING.sub(normalize.blank, normalize.normalized(text))
    plain = _PROMPT.sub(normalize.blank, plain[: answer_end(plain)])
    boxes = boxes_of(plain)
    marked = structured_verdict(plain, asked) or marked_option(plain, boxes, asked)
    if marked is not None:
        return marked
    for box in boxes:
        plain = plain[: box.start] + normalize.blanked(plain[box.start : box.end]) + plain[box.end :]
    plain = _KEY.sub(normalize.blank, plain) if "{" in plain else plain
    prose = without_quotations(normalize.without_emphasis(prose_of(plain)))
    return decided(_TAG.sub(normalize.blank, prose), asked)
