"""The words that are an answer by themselves: yes, no, vulnerable, secure and their kin."""

from __future__ import annotations

import re
from typing import NamedTuple

_YES = r"yes|yep|yeah|yup|affirmative|true|positive|present"
_NO = r"no way|not at all|not really|absolutely not|definitely not|certainly not|of course not|no|nope|negative|false|absent"
_THERE = (r"not (?:at all )?(?:secure|safe)|vulnerable|insecure|unsafe|exploitable|unsecure|"
          r"(?:a )?(?:security )?vulnerability (?:was )?(?:detected|found|present)")  # fmt: skip
_ABSENT = (r"(?:not|non)[ -]?(?:vulnerable|exploitable|insecure|unsafe)|invulnerable|secure|safe|"
           r"no (?:security )?(?:vulnerabilit(?:y|ies)|issues?|flaws?|weakness(?:es)?)(?: (?:was |were )?(?:detected|found|present|exists?))?|"
           r"patched|fixed|benign")  # fmt: skip
_VALUE = re.compile(
    rf"(?:(?P<no>{_NO})|(?P<absent>{_ABSENT})|(?P<there>{_THERE})|(?P<yes>{_YES})|(?P<letter>y|n))(?![\w'])"
)


class Value(NamedTuple):
    """An answer word: `yes` or `no` (their meaning depends on the question), `there` or `absent` (theirs does not)."""

    word: str
    start: int
    end: int


def value_at(text: str, place: int) -> Value | None:
    """Return the answer word that begins at a place of a normalized text."""
    found = _VALUE.match(text, place)
    if found is None:
        return None
    word = found.lastgroup or ""
    if word == "letter":
        word = "yes" if found[0] == "y" else "no"
    return Value(word, found.start(), found.end())
