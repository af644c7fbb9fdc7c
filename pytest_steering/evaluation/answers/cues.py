"""From a sentence to its cues: the few words that carry its meaning, in order."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.evaluation.answers.lexicon import ROOT, Cue
from pytest_steering.evaluation.answers.weaknesses import UNLISTED, weakness_of_cwe

_TOKEN = re.compile(r"cwe[ -]?\d{1,6}\b|[a-z0-9_]+(?:'[a-z]+)?\(?|[,;:()]")
_JOINERS = {
    "and": Cue.COMMA,
    "or": Cue.OR,
    ",": Cue.COMMA,
    ";": Cue.SPLIT,
    ":": Cue.COLON,
    "(": Cue.OPEN,
    ")": Cue.COMMA,
}
_FIRST = {*ROOT, *_JOINERS}


class Token(NamedTuple):
    """A cue at its place.

    Attributes:
        cue: What it does.
        key: The weakness it names, or nothing.
        number: Number of its first word in the sentence.
        last: Number of its last word.
        start: Place of its first character in the text.
        end: Place behind its last character.
        word: Its first word.
        before: The word before it.
    """

    cue: Cue
    key: str
    number: int
    last: int
    start: int
    end: int
    word: str
    before: str = ""


def cues_of(text: str, start: int, end: int) -> tuple[list[Token], list[str]]:
    """Return the cues of text[start:end] (normalized prose) and its words, punctuation included."""
    found = list(_TOKEN.finditer(text, start, end))
    words = [match[0] for match in found]
    tokens: list[Token] = []
    behind = 0
    for place, word in enumerate(words):
        if place < behind or not (word in _FIRST or word.startswith("cwe")):
            continue
        token = _cue_at(text, found, words, place)
        if token is not None:
            tokens.append(token)
            behind = token.last + 1
    return tokens, words


def _cue_at(text: str, found: list[re.Match[str]], words: list[str], place: int) -> Token | None:
    word = words[place]
    cue, key, last = _phrase_at(words, place)
    if cue is None and word.startswith("cwe"):
        cue, key = Cue.NAMED, weakness_of_cwe(word) or UNLISTED
    start, end = found[place].start(), found[last].end()
    if cue is None or _is_identifier(text, start, end):
        return None
    return Token(cue, key, place, last, start, end, word, words[place - 1] if place else "")


def _phrase_at(words: list[str], place: int) -> tuple[Cue | None, str, int]:
    """Return what the longest phrase that begins at a word does, the weakness it names, and its last word."""
    cue, key, last = _JOINERS.get(words[place]), "", place
    following, step = ROOT, place
    while step < len(words) and (entry := following.get(words[step])) is not None:
        if entry.cue is not None:
            cue, key, last = entry.cue, entry.key, step
        following, step = entry.following, step + 1
    return cue, key, last


def _is_identifier(text: str, start: int, end: int) -> bool:
    """Tell whether a word is part of a name in code, such as `x.safe` or `secure.c`."""
    if start > 1 and text[start - 1] in "./\\$" and not text[start - 2].isspace():
        return True
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()
