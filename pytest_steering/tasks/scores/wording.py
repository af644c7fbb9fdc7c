"""The words of a text: what lengths and repetitions are counted in."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import Any

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]"

_ASCII = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_STRAIGHT = str.maketrans("’ʼ＇", "'''")


def words(text: str, most: int | None = None) -> list[str]:
    """Return the words of a text, in lower case: letters, digits and apostrophes in a row.

    A script that puts no space between words gives each of its characters as one; marks, symbols and emoji
    are none. Every apostrophe becomes the straight one.

    Args:
        text: Any.
        most: How many of its first words are wanted; all where nothing is said.
    """
    if text.isascii():  # the same words in a fifth of the time
        return _first(_ASCII, text.lower(), most)
    return [found.lower().translate(_STRAIGHT) for found in _first(_word(), text, most)]


def word_places(text: str, most: int | None = None) -> list[tuple[str, int, int]]:
    """Return the words of a text, each with its first character and the one behind its last.

    Args:
        text: Any.
        most: How many of its first words are wanted; all where nothing is said.
    """
    pattern, said = (_ASCII, text.lower()) if text.isascii() else (_word(), text)
    found = islice(pattern.finditer(said), most)
    return [(one[0].lower().translate(_STRAIGHT), *one.span()) for one in found]


def wording(text: str, most: int | None = None) -> str:
    """Return a text's words, a space before and after each: whole phrases are found in it as they are.

    Args:
        text: Any.
        most: How many of its first words are wanted; all where nothing is said.
    """
    return "".join((" ", *(f"{word} " for word in words(text, most))))


def _first(pattern: Any, text: str, most: int | None) -> list[str]:
    if most is None:
        return list(pattern.findall(text))
    return [found[0] for found in islice(pattern.finditer(text), most)]


@cache
def _word() -> Any:
    import regex

    return regex.compile(rf"[{_SPACELESS}]\p{{M}}*+|{_LETTER}++(?:['’＇]{_LETTER}++)*+", regex.VERSION1)
