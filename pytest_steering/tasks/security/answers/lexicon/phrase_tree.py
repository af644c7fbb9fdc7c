"""All phrases in one tree of words, so that the longest phrase at a place is found in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pytest_steering.tasks.security.answers.lexicon.cue import Cue
from pytest_steering.tasks.security.answers.lexicon.discourse import DISCOURSE
from pytest_steering.tasks.security.answers.lexicon.property import PROPERTY
from pytest_steering.tasks.security.answers.weaknesses import WEAKNESSES


@dataclass
class Entry:
    """A word in the tree: what the phrase that ends with it does, if one does, and the words that may follow.

    Attributes:
        cue: What the phrase up to this word does; None inside a phrase.
        key: The weakness the phrase names, or nothing.
        following: The next words of longer phrases.
    """

    cue: Cue | None = None
    key: str = ""
    following: dict[str, Entry] = field(default_factory=dict)


def phrases() -> Iterator[tuple[str, Cue, str]]:
    """Return every phrase with its cue and the weakness it names."""
    for weakness in WEAKNESSES:
        yield from ((name.lower(), Cue.NAMED, weakness.key) for name in weakness.names)
    for cue, text in {**PROPERTY, **DISCOURSE}.items():
        yield from ((" ".join(phrase.split()), cue, "") for phrase in text.split(","))


_JOINERS = {
    "and": Cue.COMMA,
    ",": Cue.COMMA,
    ")": Cue.COMMA,
    "or": Cue.OR,
    ";": Cue.SPLIT,
    ":": Cue.COLON,
    "(": Cue.OPEN,
}


def _tree() -> dict[str, Entry]:
    root = Entry()
    known = list(phrases())
    purposes = [(f"to {phrase}", cue, key) for phrase, cue, key in known if cue is Cue.STOP]
    joiners = [(word, cue, "") for word, cue in _JOINERS.items()]
    for phrase, cue, key in [*known, *purposes, *joiners]:
        _enter(root, phrase, cue, key)
    return root.following


def _enter(root: Entry, phrase: str, cue: Cue, key: str) -> None:
    entry = root
    for word in phrase.split():
        entry = entry.following.setdefault(word, Entry())
    if entry.cue is None:
        entry.cue, entry.key = cue, key


ROOT = _tree()
