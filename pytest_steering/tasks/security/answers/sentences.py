"""Sentences of an answer, and what each one states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_steering.tasks.security.answers.cues import Token, cues_of
from pytest_steering.tasks.security.answers.heads import Head, head_of
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.meaning import begins_repair, meant
from pytest_steering.tasks.security.answers.naming import defines
from pytest_steering.tasks.security.answers.replies import short_reply_of, tail_of
from pytest_steering.tasks.security.answers.sentence_kinds import echoes, topic_of, without_leading_not
from pytest_steering.tasks.security.answers.statements import CLAIM, Statement

_LONGEST = 1200
_UNSETTLED = CLAIM / 2
_END = re.compile(
    r"[.!?]+(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!\bcf\.)(?!(?<=\bno\.)\s{0,9}\d)(?=[\s\"')\]}]|$)"
    r"|\n(?: {0,40}\n|(?=[^\n:]{1,30}:)|(?= {0,40}(?:[-*+•>|]|\d{1,2}[.):]|[a-z]\)|#) {0,9}\S)|(?<=:\n)"
    r"|(?:(?<=\byes\n)|(?<=\bno\n)|(?<=secure\n)|(?<=vulnerable\n)|(?<=safe\n))"
    r"(?=\s{0,40}(?:yes|no|the|this|it|there|because|explanation|reason)\b))"
)
_NAME = re.compile(
    r"[\s|*_\-+•\d.)#>]{0,20}([a-z][^:|\n]{2,80}?)[\s*_]{0,9}(?:[:|](?=[\s*_])| (?:-|->|=>|=|→) )"
)
_SEPARATORS = (":", "|", " -", "=", "→")
_NAMING = {Cue.NAMED, Cue.FLAW, Cue.NONE, Cue.PRESENT, Cue.OPEN, Cue.COMMA, Cue.OR, Cue.ASSERT}
_IMPERATIVES = {
    "stay", "remember", "feel", "thanks", "ensure", "use", "add", "set", "validate", "sanitize",
    "check", "avoid", "consider", "replace", "implement", "make", "never", "always", "refuse",
    "allocate", "verify", "switch", "limit", "escape", "initialize", "employ", "adopt", "apply",
    "using", "adding", "ensuring", "keep", "test", "explain", "write", "describe", "find", "modify",
    "change", "remove", "parameterize",
}  # fmt: skip


class Sentence(NamedTuple):
    """One sentence, read.

    Attributes:
        start: Place of its first character in the text.
        end: Place behind its last character.
        head: The explicit verdict it begins with.
        asks: It is a question.
        echoes: It asks no more than "is it?" or "vulnerable?", which repeats the question that was put.
        statements: What it states, in order.
        unsure: It says that the answer is not known.
        topic: The weaknesses that it names as a heading, maybe none; None where it is no heading.
        retracts: It says that what was said before is wrong.
        defines: It says what a weakness is, or goes on to.
        final: It announces a conclusion.
        revises: It may take back what was said before.
        turns: It says that it does.
        fixed: It speaks of changed code, or says what to change.
    """

    start: int
    end: int
    head: Head | None
    asks: bool
    echoes: bool = False
    statements: tuple[Statement, ...] = ()
    unsure: bool = False
    topic: frozenset[str] | None = None
    retracts: bool = False
    defines: bool = False
    final: bool = False
    revises: bool = False
    turns: bool = False
    fixed: bool = False


def sentences_of(text: str) -> Iterator[Sentence]:
    """Read the sentences of a normalized answer's prose, in order."""
    before: Sentence | None = None
    for start, end in _bounds(text):
        if text[start:end].strip(" \n.-*#>_"):
            before = _read(text, start, end, before)
            yield before


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    """Return where sentences begin and end; a run of 1,200 characters without an end is cut there."""
    start = 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        while end - start > _LONGEST:
            yield start, start + _LONGEST
            start += _LONGEST
        heading = _heading_end(text, start, end) if text.find("#", start, end) >= 0 else start
        if heading > start:
            yield start, heading
            start = heading
        yield start, end
        start = end


def _heading_end(text: str, start: int, end: int) -> int:
    """Return where the heading ends that text[start:end] begins with; the start where it is none."""
    return max(start, text.find("\n", start, end)) if text[start:end].lstrip()[:1] == "#" else start


def _read(text: str, start: int, end: int, before: Sentence | None) -> Sentence:
    asks = text[start:end].rstrip(" \n\"')*_").endswith("?")
    first = None if asks else _head(text, start, end, before) or _entry(text, start, end)
    if isinstance(first, Statement):
        return Sentence(start, end, None, asks, statements=(first,))
    return _worded(text, start, end, first, before) if not asks else _question(text, start, end)


def _question(text: str, start: int, end: int) -> Sentence:
    tokens, words = cues_of(text, start, end)
    tokens = without_leading_not(tokens)
    return Sentence(
        start,
        end,
        None,
        True,
        echoes(tokens, words),
        statements=meant(tokens, len(words), ()) if tokens else (),
    )


def _worded(text: str, start: int, end: int, head: Head | None, before: Sentence | None) -> Sentence:
    """Read a sentence that is no question by its words, behind the verdict it begins with."""
    tokens, words = cues_of(text, head.end if head else start, end)
    said = {token.cue for token in tokens}
    if head is not None:
        said |= {token.cue for token in cues_of(text, start, head.start)[0]}
    orders = bool(words) and words[0] in _IMPERATIVES and not (tokens and tokens[0].cue is Cue.NAMED)
    topic = topic_of(text[start:end], tokens, words)
    defining = defines(tokens) or (before is not None and before.defines and _goes_on(tokens))
    silent = not tokens or orders or topic is not None or defining
    return Sentence(
        start,
        end,
        head,
        asks=False,
        statements=() if silent else meant(tokens, len(words), before.statements if before else ()),
        unsure=Cue.UNSURE in said,
        topic=topic,
        retracts=Cue.RETRACT in said,
        defines=defining,
        final=Cue.FINAL in said or Cue.SO in said,
        revises=not said.isdisjoint((Cue.REVISE, Cue.INDEED)),
        turns=Cue.REVISE in said,
        fixed=Cue.FIXED in said or orders or begins_repair(tokens),
    )


def _goes_on(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[0].cue is Cue.PRONOUN and tokens[0].number == 0


def _head(text: str, start: int, end: int, before: Sentence | None) -> Head | Statement | None:
    """Return the verdict that a sentence begins or ends with, or its reply to the statement before it."""
    head = head_of(text, start, end)
    if head is not None:
        return head
    asked = before is not None and before.asks
    earlier = before.statements[-1] if before is not None and before.statements else None
    reply = short_reply_of(text, start, end, asked)
    if reply is not None and (asked or earlier is None):
        return reply
    if reply is not None and earlier is not None and earlier.keys and earlier.strength <= _UNSETTLED:
        return _replied(earlier, reply)
    return tail_of(text, start, end)


def _replied(statement: Statement, reply: Head) -> Statement:
    """Return what a reply says of the weakness named before it: "It may contain XSS. It does not."."""
    sign = 1 if reply.word == "yes" else -1
    return statement._replace(sign=sign, strength=CLAIM, start=reply.start, end=reply.end)


def _entry(text: str, start: int, end: int) -> Statement | None:
    """Return what a table row or list entry says of the weakness it names: "SQL injection: no"."""
    near = text[start : min(end, start + 110)]
    name = _NAME.match(text, start, end) if any(sign in near for sign in _SEPARATORS) else None
    value = head_of(text, name.end(), end, labelled=True) if name else None
    if name is None or value is None:
        return None
    tokens = cues_of(text, *name.span(1))[0]
    keys = frozenset(token.key for token in tokens if token.key)
    if not (keys or any(token.cue is Cue.FLAW for token in tokens)) or not {t.cue for t in tokens} <= _NAMING:
        return None
    return Statement(1 if value.word in ("yes", "there") else -1, CLAIM, keys, name.start(1), value.end)
