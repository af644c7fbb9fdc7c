"""Reads which option an answer chooses, by letter or text; abstains where it names none or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pytest_steering.tasks.asked import Span

NEW_PROMPT = re.compile(r"\n[ \t]{0,8}(#{2,}|(question|text|user|human|q|choices)\s*:)", re.IGNORECASE)
"""Base models ramble on into further questions; only what comes before is the answer."""

_HEAD = r"\b(?:answer|option|choice|choose|pick)\b(?:\s+(?:is|would be))?\W{0,12}?"
_LETTER = r"(?:\((?P<closed>[A-Z])\)|(?P<open>[A-Z])(?=\s*(?:[).:,;\n]|$)))"
"""A letter by itself needs a sign behind it: "A good friend" begins with an article."""

_ANNOUNCED = re.compile(_HEAD + _LETTER, re.IGNORECASE)
_LEADING = re.compile(r"[\W_]*?" + _LETTER)
_NAMED = re.compile(r"\(([A-Z])\)")
_WORD = re.compile(r"\w+")
_JOINED = re.compile(r"\([A-Z]\)\s*(?:/|or|and|,)\s*\([A-Z]\)")


class Found(NamedTuple):
    """The option that an answer chooses.

    Attributes:
        place: Which of the options.
        span: Where the answer names it.
    """

    place: int
    span: Span


def read_option(text: str, letters: Sequence[str], texts: Sequence[str]) -> Found | None:
    """Return which option an answer chooses; None where it names none, or several.

    Args:
        text: The answer.
        letters: Of the options, such as `(A)`; none where they are answered by their text.
        texts: What each option says.
    """
    cut = NEW_PROMPT.search(text)
    said = text[: cut.start()] if cut else text
    found = _by_letter(said, letters) if letters else None
    return _by_text(said, texts) if found is None and not _NAMED.search(said) else found


def _by_letter(said: str, letters: Sequence[str]) -> Found | None:
    if _JOINED.search(said):
        return None
    announced = list(_ANNOUNCED.finditer(said))
    match = announced[-1] if announced else _LEADING.match(said)
    named = {f"({one[1]})": one.span() for one in _NAMED.finditer(said)}
    if match:
        which = "closed" if match["closed"] else "open"
        letter, span = f"({match[which].upper()})", match.span(which)
    elif len(named) == 1:
        ((letter, span),) = named.items()
    else:
        return None
    return Found(letters.index(letter), span) if letter in letters else None


def _by_text(said: str, texts: Sequence[str]) -> Found | None:
    """Return the option whose words lead the answer, or the only one that stands in it."""
    placed = list(_WORD.finditer(said))
    words, options = [one[0].casefold() for one in placed], [_words(text) for text in texts]

    def found(place: int, at: int) -> Found:
        return Found(place, (placed[at].start(), placed[at + len(options[place]) - 1].end()))

    leading = [place for place, option in enumerate(options) if option and words[: len(option)] == option]
    if leading:
        place = max(leading, key=lambda one: len(options[one]))
        return None if _goes_on(words[len(options[place]) :], options) else found(place, 0)
    there = [
        (place, at)
        for place, option in enumerate(options)
        if len(option) > 1 and (at := _place_of(option, words)) is not None
    ]
    return found(*there[0]) if len(there) == 1 else None


def _goes_on(words: Sequence[str], options: Sequence[Sequence[str]]) -> bool:
    """Return whether another option is named in the same breath, as a question names them."""
    return words[:1] in (["or"], ["and"]) and any(words[1 : 1 + len(one)] == one for one in options)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _place_of(option: Sequence[str], words: Sequence[str]) -> int | None:
    places = range(len(words) - len(option) + 1)
    return next((at for at in places if list(words[at : at + len(option)]) == list(option)), None)


def planted_options(letters: Sequence[str], texts: Sequence[str]) -> list[tuple[str, str, int | None]]:
    """Return answers whose choice is known, each with a name.

    Args:
        letters: Of the options; none where they are answered by their text.
        texts: What each option says.
    """
    named = list(letters) or [text.strip() for text in texts]
    return [
        *((f"option {place + 1} alone", f" {name}.", place) for place, name in enumerate(named)),
        *(
            (f"option {place + 1} announced", f"The answer is {name}.", place)
            for place, name in enumerate(letters)
        ),
        ("two options named together", f" {named[0]} or {named[1]}?", None),
        ("an answer about nothing", " A fine day, that was.", None),
        ("an empty answer", "", None),
    ]
