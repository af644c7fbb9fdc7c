"""The words of a text: what lengths and repetitions are counted in."""

from __future__ import annotations

from functools import cache
from typing import Any

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]"


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case: letters, digits and apostrophes in a row.

    A script that puts no space between words gives each of its characters as one; marks, symbols and emoji
    are none.
    """
    return [found.lower() for found in _word().findall(text)]


@cache
def _word() -> Any:
    import regex

    return regex.compile(rf"[{_SPACELESS}]\p{{M}}*+|{_LETTER}++(?:['’]{_LETTER}++)*+", regex.VERSION1)
