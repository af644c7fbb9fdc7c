"""An answer in a form that rules can read: every step keeps each character's place, so spans stay true."""

from __future__ import annotations

import html
import re

HEAD = 24_000
TAIL = 8_000
GAP = "\n\n"

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("–‐‑−", "-"),
        **dict.fromkeys("\t\v\0\u200b\ufeff", " "),
        **dict.fromkeys("\r\f\x85\u2028\u2029", "\n"),
        **dict(zip("—…：，、。！？", ";.:,,.!?", strict=True)),
    }
)
_WIDE_SPACE = re.compile(r"[^\S\n]")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});")
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~")
_TYPESET = re.compile(r"\\(?:boxed|text|textbf|mathrm|mathbf)\{")
_WORD_A_LINE = re.compile(r"\s{0,99}(?:[^\s<>]{1,99} {0,9}\n\s{0,99}){3,}\S{1,99}\s{0,99}")
_EMPHASIS = re.compile(r"[*]{1,3}|_{1,3}")


def window(text: str) -> tuple[str, int]:
    """Return what is read of an answer, and how far places behind the head are shifted.

    At most the first 24,000 and the last 8,000 characters are read: verdicts stand at the ends of an answer,
    and an answer of 100 MB must cost no more than one of 32 kB.
    """
    text = text.lstrip()
    if len(text) <= HEAD + TAIL:
        return text, 0
    return text[:HEAD] + GAP + text[-TAIL:], len(text) - TAIL - HEAD - len(GAP)


def blank(found: re.Match[str]) -> str:
    """Return spaces in place of a match, newlines kept."""
    return blanked(found[0])


def blanked(text: str) -> str:
    """Return spaces in place of a text, newlines kept."""
    return "\n".join(" " * len(line) for line in text.split("\n"))


def lowered(text: str) -> str:
    """Return the text in lower case, each character at its place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def normalized(text: str) -> str:
    """Return the text in lower case, with one kind of quote, dash and space, and without struck text.

    A text of one word a line becomes one of one line.
    """
    plain = _WIDE_SPACE.sub(" ", lowered(text).translate(_ALIKE))
    plain = _ENTITY.sub(_resolved, plain)
    if _WORD_A_LINE.fullmatch(plain[:2000]):
        plain = plain.replace("\n", " ")
    return _TYPESET.sub(blank, _STRUCK.sub(blank, plain))


def without_emphasis(text: str) -> str:
    """Return the text with Markdown emphasis signs blanked."""
    return _EMPHASIS.sub(_unless_apart, text)


def _unless_apart(found: re.Match[str]) -> str:
    """Blank emphasis signs, but keep a bullet's star and the underscores within a name."""
    text, start, end = found.string, found.start(), found.end()
    left, right = text[start - 1 : start], text[end : end + 1]
    if found[0][0] == "*":
        apart = (not left or left.isspace()) and (not right or right.isspace())
    else:
        apart = left.isalnum() == right.isalnum()
    return found[0] if apart else blank(found)


def _resolved(found: re.Match[str]) -> str:
    char = html.unescape(found[0])
    return char.ljust(len(found[0])) if len(char) == 1 else blank(found)
