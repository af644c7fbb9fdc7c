"""When does an answer need no further tokens?"""

from __future__ import annotations

import re
from collections.abc import Callable

from pytest_steering.tasks.reading.answer import Answer

SURE = 0.95
"""Real answers whose beginning was read with less confidence often change with what follows."""

_SENTENCE_END = re.compile(r"([.!?][\"')\]]*\s|\n)$")


def decides(text: str, read: Callable[[str], Answer]) -> bool:
    """Return whether an answer so far decides: a whole sentence that the reader is sure of.

    The verdict has to come before any other word, or be a ticked box. One that is led up to ("The short
    answer is: No, there is no direct …") announces more, which may take it back. Less sure readings, such as
    the weight of evidence, change with what follows and never end an answer.

    Args:
        text: The answer so far.
        read: Reads it.
    """
    if not text.strip() or not _SENTENCE_END.search(text):
        return False
    answer = read(text)
    return answer.verdict != "none" and (answer.confidence or 0.0) >= SURE and _leads(answer, text)


def _leads(answer: Answer, text: str) -> bool:
    before = text[: answer.span[0]] if answer.span else ""
    return answer.rule == "ticked box" or not any(sign.isalnum() for sign in before)
