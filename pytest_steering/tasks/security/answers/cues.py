"""From a sentence to its cues: the few words that carry its meaning, in order."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.tasks.security.answers.lexicon import ROOT, Cue, Entry
from pytest_steering.tasks.security.answers.weaknesses import UNLISTED, weakness_of_cwe

_TOKEN = re.compile(r"cwe[ -]?\d{1,6}\b|[a-z0-9_]+(?:'[a-z]+)?\(?|[,;:()]")


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
    following = [*words[1:], ""]
    tokens: list[Token] = []
    behind, known = 0, ROOT.get
    for place, word in enumerate(words):
        entry = known(word)
        if entry is None and word[:3] == "cwe":
            entry = _cwe(word)
        if entry is None or place < behind:
            continue
        last = place
        if following[place] in entry.following:
            entry, last = _longest(entry, words, place)
        if entry.cue is None:
            continue
        start, end = found[place].start(), found[last].end()
        if not _is_identifier(text, start, end):
            before = words[place - 1] if place else ""
            tokens.append(Token(entry.cue, entry.key, place, last, start, end, word, before))
            behind = last + 1
    return tokens, words


def _longest(first: Entry, words: list[str], place: int) -> tuple[Entry, int]:
    """Return the end of the longest phrase that begins with a word, and the number of its last word."""
    longest, last = first, place
    entry: Entry | None = first
    for step in range(place + 1, len(words)):
        entry = entry.following.get(words[step]) if entry is not None else None
        if entry is None:
            break
        if entry.cue is not None:
            longest, last = entry, step
    return longest, last


def _cwe(word: str) -> Entry:
    return Entry(Cue.NAMED, weakness_of_cwe(word) or UNLISTED)


def _is_identifier(text: str, start: int, end: int) -> bool:
    """Tell whether a word is part of a name in code, such as `x.safe` or `secure.c`."""
    if start > 1 and text[start - 1] in "./\\$" and not text[start - 2].isspace():
        return True
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()
