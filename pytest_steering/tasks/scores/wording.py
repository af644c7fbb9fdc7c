"""The words of a text: what lengths and repetitions are counted in."""

from __future__ import annotations

from functools import cache
from typing import Any

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]"

_STRAIGHT = str.maketrans("’ʼ＇", "'''")


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case: letters, digits and apostrophes in a row.

    A script that puts no space between words gives each of its characters as one; marks, symbols and emoji
    are none. Every apostrophe becomes the straight one.
    """
    return [found.lower().translate(_STRAIGHT) for found in _word().findall(text)]


def wording(text: str) -> str:
    """Return a text's words, a space before and after each: whole phrases are found in it as they are."""
    return "".join((" ", *(f"{word} " for word in words(text))))


@cache
def _word() -> Any:
    import regex

    return regex.compile(rf"[{_SPACELESS}]\p{{M}}*+|{_LETTER}++(?:['’＇]{_LETTER}++)*+", regex.VERSION1)
