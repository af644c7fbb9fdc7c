"""From a sentence to its cues: the few words that carry its meaning, in order."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.evaluation.answers.lexicon import TABLE, Cue
from pytest_steering.evaluation.answers.weaknesses import BY_CWE

_TOKEN = re.compile(r"cwe[ -]?0{0,3}(\d{1,4})\b|([a-z0-9_]+(?:'[a-z]+)?)(\()?|[,;:()]")
_PUNCTUATION = {",": Cue.COMMA, ";": Cue.SPLIT, ":": Cue.COLON, "(": Cue.OPEN, ")": Cue.COMMA}
_JOINERS = {"and": Cue.COMMA, "or": Cue.OR}


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


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    cwe: str


def cues_of(text: str, start: int, end: int) -> tuple[list[Token], list[str]]:
    """Return the cues of text[start:end] (normalized prose) and its words."""
    words = _words(text, start, end)
    tokens: list[Token] = []
    place = 0
    while place < len(words):
        token = _cue_at(words, place)
        if token is not None:
            tokens.append(token)
        place = token.last + 1 if token is not None else place + 1
    return tokens, [word.text for word in words]


def _words(text: str, start: int, end: int) -> list[_Word]:
    found = []
    for match in _TOKEN.finditer(text, start, end):
        number, word, called = match.groups()
        if number is not None:
            found.append(_Word("cwe", match.start(), match.end(), number))
        elif called is None and not _is_identifier(text, match.start(), match.end()):
            found.append(_Word(word or match[0], match.start(), match.end(), ""))
    return found


def _is_identifier(text: str, start: int, end: int) -> bool:
    dotted_before = start > 1 and text[start - 1] in "./\\$" and not text[start - 2].isspace()
    dotted_after = text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()
    return dotted_before or dotted_after


def _cue_at(words: list[_Word], place: int) -> Token | None:
    word = words[place]
    if word.cwe:
        key = BY_CWE.get(int(word.cwe), "other")
        return Token(Cue.NAMED, key, place, place, word.start, word.end, "cwe")
    for phrase, cue, key in TABLE.get(word.text, ()):
        last = place + len(phrase) - 1
        if last < len(words) and all(words[place + n].text == phrase[n] for n in range(1, len(phrase))):
            before = words[place - 1].text if place else ""
            return Token(cue, key, place, last, word.start, words[last].end, word.text, before)
    joiner = _JOINERS.get(word.text) or _PUNCTUATION.get(word.text)
    return Token(joiner, "", place, place, word.start, word.end, word.text) if joiner else None
