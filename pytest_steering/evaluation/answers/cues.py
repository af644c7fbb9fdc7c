"""From a sentence to its cues: the few words that carry its meaning, in order."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.evaluation.answers.lexicon import ROOT, Cue
from pytest_steering.evaluation.answers.weaknesses import BY_CWE, UNLISTED

_TOKEN = re.compile(r"cwe[ -]?0{0,3}(\d{1,4})\b|([a-z0-9_]+(?:'[a-z]+)?)(\()?|[,;:()]")
_JOINERS = {
    "and": Cue.COMMA, "or": Cue.OR, ",": Cue.COMMA, ";": Cue.SPLIT, ":": Cue.COLON, "(": Cue.OPEN, ")": Cue.COMMA,
}  # fmt: skip


class Token(NamedTuple):
    """A cue at its place.

    Attributes:
        cue: What it does.
        key: The weakness it names, or nothing.
        index: Number of its first word in the sentence.
        last: Number of its last word.
        start: Place of its first character in the text.
        end: Place behind its last character.
        word: Its first word.
        before: The word before it.
    """

    cue: Cue
    key: str
    index: int
    last: int
    start: int
    end: int
    word: str
    before: str = ""


class Words(NamedTuple):
    """The words of a sentence and where they stand; a CWE number is the word `cwe` with its number."""

    texts: list[str]
    spans: list[tuple[int, int]]
    numbers: dict[int, int]


def cues_of(text: str, start: int, end: int) -> tuple[list[Token], list[str]]:
    """Return the cues of text[start:end] (normalized prose) and its words."""
    words = _words(text, start, end)
    tokens: list[Token] = []
    place = 0
    while place < len(words.texts):
        token = _cue_at(words, place)
        if token is None:
            place += 1
        else:
            tokens.append(token)
            place = token.last + 1
    return tokens, words.texts


def _words(text: str, start: int, end: int) -> Words:
    words = Words([], [], {})
    for match in _TOKEN.finditer(text, start, end):
        number, word, called = match.groups()
        if number is not None:
            words.numbers[len(words.texts)] = int(number)
        elif called is not None or (word is not None and _is_identifier(text, match.start(), match.end())):
            continue
        words.texts.append("cwe" if number is not None else word or match[0])
        words.spans.append(match.span())
    return words


def _is_identifier(text: str, start: int, end: int) -> bool:
    if start > 1 and text[start - 1] in "./\\$" and not text[start - 2].isspace():
        return True
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()


def _cue_at(words: Words, place: int) -> Token | None:
    word = words.texts[place]
    cue, key, last = _JOINERS.get(word), "", place
    following, step = ROOT, place
    while step < len(words.texts) and (entry := following.get(words.texts[step])) is not None:
        if entry.cue is not None:
            cue, key, last = entry.cue, entry.key, step
        following, step = entry.following, step + 1
    if place in words.numbers:
        cue, key, last = Cue.NAMED, BY_CWE.get(words.numbers[place], UNLISTED), place
    if cue is None:
        return None
    before = words.texts[place - 1] if place else ""
    return Token(cue, key, place, last, words.spans[place][0], words.spans[last][1], word, before)
