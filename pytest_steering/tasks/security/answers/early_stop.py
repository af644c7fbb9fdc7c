"""When does an answer need no further tokens?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pytest_steering.tasks.answer import Answer
from pytest_steering.tasks.security.answers.readers import read_answer

SURE = 0.95
"""Real answers whose beginning was read with less confidence often change with what follows."""

_SENTENCE_END = re.compile(r"([.!?][\"')\]]*\s|\n)$")


def decided_by(reader: str, questions: Sequence[str | None]) -> Callable[[int, str], bool]:
    """Return whether an answer so far decides: a whole sentence that the reader is sure of.

    The verdict has to come before any other word, or be a ticked box. One that is led up to ("The short
    answer is: No, there is no direct …") announces more, which may take it back. Less sure readings, such as
    the weight of evidence, change with what follows and never end an answer.

    Args:
        reader: Name of the answer reader.
        questions: As asked, by the prompt's number.
    """

    def decided(number: int, text: str) -> bool:
        if not text.strip() or not _SENTENCE_END.search(text):
            return False
        answer = read_answer(text, questions[number], reader)
        return answer.verdict != "none" and (answer.confidence or 0.0) >= SURE and _leads(answer, text)

    return decided


def _leads(answer: Answer, text: str) -> bool:
    before = text[: answer.span[0]] if answer.span else ""
    return answer.rule == "ticked box" or not any(sign.isalnum() for sign in before)
