"""Lettered and numbered options: what each one says, and which one an answer picks."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.heads import head_of
from pytest_steering.tasks.security.answers.sentences import sentences_of
from pytest_steering.tasks.security.answers.values import value_at

_OPTION = re.compile(r"(?:^|(?<=[\s.?!:;,/]))\(?([a-d]|[1-4])[).:]\s+(?=[a-z])")
_LISTED = re.compile(r"([a-d1-4])[).:]\s{0,9}(?=\S)")
_LABEL = (
    r"(?:\b(?:the |my )?(?:final |correct |right |best )?(?:answer|option|choice|verdict|statement|a)"
    r"\s{0,3}(?:(?:is|:|=|would be)\s{0,3}){1,2}"
    r"|\b(?:i'd|i would|i'll|i will|i|we|must|to)\s"
    r"(?:go (?:with|for)|pick|choose|select|say|take|opt for|answer)\s"
    r"|\b(?:it is|it's|it must be|that is|that's)\s)(?:option |choice |statement |answer )?"
)
_ENDS = r"(?=\s{0,9}(?:$|[)\]*.:,;\"'\n(-]|(?:because|since|as|here|for|is (?:true|right|correct))\b))"
_PICKED = re.compile(
    rf"{_LABEL}[(*\"'\[]{{0,3}}([a-d]|[1-4]|former|latter){_ENDS}"
    rf"|\b(?:option |choice |statement )([a-d]|[1-4]) is (?:true|right|correct)\b"
)
_BARE = re.compile(
    r"[\s\W_]{0,20}(?:option |choice |statement )?([a-d]|[1-4])(?:[)\]*.:,\"'\n]|\s{0,9}$)"
    rf"|[\s\W_]{{0,20}}(?:the )?(former|latter){_ENDS}"
)

Options = tuple[tuple[str, int], ...]


def options_in_question(question: str) -> tuple[Options, int]:
    """Return what the options of a normalized question say (+1 or -1), and where they begin.

    Options count only when they differ in what they say; else the question is all question.
    """
    found = list(_OPTION.finditer(question))
    if not found:
        return (), len(question)
    ends = [match.start() for match in found[1:]] + [len(question)]
    signs = [(match, _sign(question[match.end() : end])) for match, end in zip(found, ends, strict=True)]
    options = tuple((match[1], sign) for match, sign in signs if sign)
    if len({sign for _, sign in options}) < 2:
        return (), len(question)
    return options, found[0].start()


def options_in_answer(text: str, yes: int) -> tuple[Options, int]:
    """Return the options that an answer lists itself, such as "A) Yes, B) No", and where they end.

    Args:
        text: A normalized answer.
        yes: What "yes" says, +1 or -1.
    """
    meaning = {"yes": yes, "no": -yes, "there": 1, "absent": -1}
    options: list[tuple[str, int]] = []
    end = 0
    for found in _LISTED.finditer(text):
        before = text[found.start() - 1 : found.start()]
        if before and before not in " \n(>*-":
            continue
        value = value_at(text, found.end())
        if value is not None:
            options.append((found[1], meaning[value.word]))
        line_end = text.find("\n", found.end())
        end = len(text) if line_end < 0 else line_end
    differ = {1, -1} <= {sign for _, sign in options}
    return (tuple(options), end) if differ else ((), 0)


def picked(text: str, start: int) -> tuple[str, tuple[int, int]] | None:
    """Return the letter or number that a normalized answer picks behind a place, and where it stands.

    The first letter counts when the answer begins with it, else the last one behind "the answer is" or such.
    """
    found = _BARE.match(text, start) or next(iter(list(_PICKED.finditer(text, start))[::-1]), None)
    if found is None:
        return None
    group = 1 if found[1] else 2
    return found[group], found.span(group)


def _sign(text: str) -> int:
    statements = [one for sentence in sentences_of(text) for one in sentence.statements]
    if statements:
        return statements[0].sign
    head = head_of(text, 0, len(text))
    return 0 if head is None else 1 if head.word in ("yes", "there") else -1
