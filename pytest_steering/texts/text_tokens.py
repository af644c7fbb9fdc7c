"""What a text says, as tokens: the words of prose; the form of code without its names and literals."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

COMMENT = re.compile(
    r"/\*.*?\*/|//[^\n]*|#(?!\s*(?:include|define|undef|if|ifdef|ifndef|else|elif|endif|pragma|error)\b)[^\n]*",
    re.DOTALL,
)
"""Of the languages that are written with braces or with `#`; a directive of C is no comment."""

_OTHER_KEYWORDS = """
auto bool break case catch char const continue default delete do double else enum extern final float fn
for func function go goto if impl implements inline int interface let long map match mut namespace new
null NULL nullptr package private protected public range register return short signed sizeof static
struct super switch template this throw throws trait true false try type typedef typename union unsigned
use using var virtual void volatile while
"""
KEYWORDS = frozenset((*keyword.kwlist, *_OTHER_KEYWORDS.split()))
"""Words of several languages that are no names."""

_CODE = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[^\w\s]")
CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PROSE = re.compile(rf"[{CJK}]|[^\W{CJK}]+|[^\w\s.,;:!?'\"()\-]")
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:def|class|if|elif|else|for|while|try|except|with|return|import|from)\b.*:?$"
    r"|^\s*#\s*include\b|^\s*[\w.\[\]]+(?:\(.*\)|\s*[-+*/]?=[^=].*)$"
)
FEWEST_LINES = 3


def is_code(text: str, language: str = "") -> bool:
    """Tell whether a text is code: its language is named, or most of at least three lines look like code.

    Args:
        text: Any.
        language: Of the code, such as `c`; empty where none is named.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(language) or (
        len(lines) >= FEWEST_LINES and 2 * sum(bool(_CODE_LINE.search(line)) for line in lines) > len(lines)
    )


def prose_tokens(text: str) -> list[str]:
    """Return the words and signs of a text in lower case; Chinese, Japanese and Korean ones one by one."""
    return _PROSE.findall(unicodedata.normalize("NFKC", text).casefold())


def code_tokens(text: str) -> list[str]:
    """Return the tokens of code without its comments."""
    return _CODE.findall(COMMENT.sub(" ", text))


def form(tokens: Sequence[str]) -> list[str]:
    """Return tokens of code with names numbered as they first appear, and one word for all literals.

    Args:
        tokens: A run of them; the same run with other names or literals has the same form.
    """
    numbers: dict[str, int] = {}
    return [_shape(token) or f"name {numbers.setdefault(token, len(numbers))}" for token in tokens]


@lru_cache(maxsize=1 << 16)
def _shape(token: str) -> str:
    """Return what a token is to the form of code; nothing for a name."""
    if token[0] in "\"'" or token[0].isdigit():
        return "literal"
    return token if token in KEYWORDS or not (token[0].isalpha() or token[0] == "_") else ""
