"""When does an answer need no further tokens?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pytest_steering.evaluation.answers.registry import read_answer

SURE = 0.95
"""Of 324 real answers whose beginning was read with this confidence, 323 kept that verdict to their end."""

_SENTENCE_END = re.compile(r"([.!?][\"')\]]*\s|\n)$")


def decided_by(reader: str, questions: Sequence[str | None]) -> Callable[[int, str], bool]:
    """Return whether an answer so far decides: a whole sentence that the reader is sure of.

    Less sure readings, such as the weight of evidence, change with what follows and never end an answer.

    Args:
        reader: Name of the answer reader.
        questions: As asked, by the prompt's number.
    """

    def decided(number: int, text: str) -> bool:
        if not text.strip() or not _SENTENCE_END.search(text):
            return False
        answer = read_answer(text, questions[number], reader)
        return answer.verdict != "none" and (answer.confidence or 0.0) >= SURE

    return decided
