"""Telling code from prose: code in an answer is no evidence, a comment before the code may be the answer."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.normalize import blanked
from pytest_steering.tasks.security.answers.patterns import one_of

_FENCE = re.compile(r"^ {0,12}(?:>\s*)?(?:```|~~~)")
_INLINE = re.compile(r"`{1,3}([^`\n]{1,200})`{1,3}")
_PLAIN_WORDS = re.compile(r"[a-z' -]+[.,:!]?")
_DIRECTIVE = r"#\s{0,4}(?:include|define|if|ifdef|ifndef|endif|else|elif|pragma|undef|error)\b"
_PYTHON = (
    r"import\s+[\w.]+(?:\s+as\s+\w+)?\s*$|from\s+[\w.]+\s+import\b|(?:async\s+)?def\s+\w+\s*\(|raise\s+\w+\("
    r"|class\s+\w+(?:\([^)]{0,80}\))?:\s*$|for\s+\w+(?:,\s*\w+)?\s+in\s.{1,100}:\s*$|(?:else|try|finally)\s*:\s*$"
    r"|(?:if|elif|while|with|except)\s[^.,]{0,80}[=<>()\[\]'\"_][^.,]{0,80}:\s*$|print\w*\s*\(|@\w+|%%?\w+"
)
_TYPE = r"(?:struct\s+\w+|int|char|void|bool|size_t|ssize_t|float|double|long|file|auto|var|let)"
_CURLY = (
    r"(?:if|for|while|switch|else if)\s*\(|else\s*$|return\b[^.]{0,60};|\s{4,}return\b"
    rf"|(?:(?:unsigned|static|const)\s+){{0,3}}{_TYPE}(?:\s+|\s*\*+\s*)\w+(?:\[[^\]]*\])?(?:\s*[;=]|,\s*\*?\w+\s*[;=]|\()"
    r"|(?:typedef|struct|enum|using\s+namespace|package)\s+\w+\s*[;{]|\$\s\w+|(?:break|continue|pass)\s*;?\s*$"
)
_QUERY = r"select\s.{1,200}\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s"
_STATEMENT = (
    r".*[()=\[\]<>*&{}].*;|\S+(?:\s+\S+)?\s*;|[\W\d_]*[{}][\W\d_]*|.*[)\w]\s*\{|\}.*|[\W\d_]{3,}"
    r"|[\w.\[\]>*'\"-]+\s*(?:(?:[-+*/|&%]?=|:=)[^=].*|(?:\+\+|--)\s*;?)|[\w.]+\([^()]{0,200}\)\s*[;,]?"
)
_CODE_LINE = re.compile(rf"\s*(?:{_DIRECTIVE}|{_PYTHON}|{_CURLY}|{_QUERY}|(?:{_STATEMENT})\s*$)")
_LABELS = one_of("verdict, answer, secure, insecure, safe, unsafe, label, result, has[_ ]vulnerability")
_VALUED = re.compile(
    rf"[\s{{,\"']*(?:is[_ ])?(?:vulnerab\w+|{_LABELS})[\w \"']{{0,24}}[:=]\s*[\"']?"
    r"(?:true|false|yes|no|not |vulnerable|secure|safe|unsafe|insecure|pass|fail|clean|found|detected|present"
    r"|absent)"
)
_LINE = 240
_SHORT = 40
_SYMBOL = re.compile(r"[;{}()\[\]=<>#@$%*&/:+_]")
_COMMENT = re.compile(r"\s*(?://+|/\*+|\*+/|\*(?=\s|$)|#(?!#)|--+(?=\s)|;(?=\s)|\"\"\"|'''|<!--|rem(?=\s))")
_TRAILING_COMMENT = re.compile(r"(?<=[;)\]}{:])\s+(?://|#|/\*).*$")
_COMMENT_END = re.compile(r"(?:\*+/|-->|\"\"\"|''')\s*$")
_LONE_VALUE = re.compile(r"\s*(?:yes|no|vulnerable|not vulnerable|secure|not secure|safe|true|false)\W*")
_WORDS = re.compile(r"[a-z]{2,}")


def is_code(line: str) -> bool:
    """Tell whether a line (lower case) reads as source code."""
    if len(line) > _LINE:
        line = line[: _LINE - 40] + line[-40:]
    if len(line) > _SHORT and _SYMBOL.search(line) is None:
        return False
    statement = _TRAILING_COMMENT.sub("", line)
    return _CODE_LINE.match(statement) is not None and _VALUED.match(statement) is None


def prose_of(text: str) -> str:
    """Return the text with code blanked: fenced blocks, code lines, comments that follow code, inline code.

    Args:
        text: A normalized answer.

    Returns:
        A text of the same length.
    """
    return _INLINE.sub(_inline, _without_code_lines(_without_fences(text)))


def _without_fences(text: str) -> str:
    if "```" not in text and "~~~" not in text:
        return text
    outside, inside = _by_fence(text.split("\n"))
    worded = [line for line in inside.split("\n") if _WORDS.search(line)]
    if len(worded) == 1 and _LONE_VALUE.fullmatch(worded[0]):
        return "".join(
            within if without == " " else without for without, within in zip(outside, inside, strict=True)
        )
    if _WORDS.search(outside) is None and not any(is_code(line) for line in worded):
        return inside
    return outside


def _by_fence(lines: list[str]) -> tuple[str, str]:
    outside, inside, fenced = [], [], False
    for line in lines:
        mark = _FENCE.match(line) is not None and line.count("```") < 2
        fenced ^= mark
        empty = " " * len(line)
        outside.append(empty if mark or fenced else line)
        inside.append(line if fenced and not mark else empty)
    return "\n".join(outside), "\n".join(inside)


def _without_code_lines(text: str) -> str:
    kept, after_code = [], False
    for line in text.split("\n"):
        comment = _COMMENT.match(line)
        if is_code(line) and (comment is None or line.lstrip()[:1] == "#"):
            after_code |= _WORDS.search(line) is not None
            kept.append(" " * len(line))
        elif comment is None:
            kept.append(line)
        else:
            kept.append(" " * len(line) if after_code else _uncommented(line, comment.end()))
    return "\n".join(kept)


def _uncommented(line: str, start: int) -> str:
    end = _COMMENT_END.search(line, start)
    stop = end.start() if end else len(line)
    return " " * start + line[start:stop] + " " * (len(line) - stop)


def _inline(found: re.Match[str]) -> str:
    if _PLAIN_WORDS.fullmatch(found[1].strip()):
        return found[0].replace("`", " ")
    return blanked(found[0])
