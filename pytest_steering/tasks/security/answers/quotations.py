"""What others said, in quotation marks or in lines that begin with `>`: no verdict of the answer."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.normalize import blank

_QUOTED = re.compile(r"\"(?:[^\"\s]+[ ]){2,60}[^\"\s]+\"")
_OWN = re.compile(r"(?:\b(?:is|be|with|say|answer|verdict|conclusion)|[:=-]|^)[\s*_]{0,9}$")
_LINES = re.compile(r"^ {0,3}>[^\n]*(?:\n {0,3}>[^\n]*)*", re.MULTILINE)
_WORD = re.compile(r"[^\W_]{2,}")


def without_quotations(text: str) -> str:
    """Return a normalized text with the remarks of others blanked.

    Three words or more in quotation marks are a remark, unless they stand behind "the answer is" or the like;
    lines that begin with `>` are one where something else is said beside them.
    """
    unquoted = _LINES.sub(blank, text) if ">" in text else text
    if _WORD.search(unquoted) is None:
        unquoted = text
    return _QUOTED.sub(_unless_own, unquoted) if '"' in text else unquoted


def _unless_own(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 40) : found.start()]
    return found[0] if _OWN.search(before) else blank(found)
