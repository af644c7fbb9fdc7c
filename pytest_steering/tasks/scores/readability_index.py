"""How hard an answer is to read."""

from __future__ import annotations

import re

from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words

_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s|$|[\"'”’)\]])")


def readability() -> TextScore:
    """Return the Automated Readability Index, the school grade of the United States that an answer suits.

    ARI = 4.71 · letters/words + 0.5 · words/sentences − 21.43 (Smith & Senter 1967). It needs no dictionary
    of syllables.

    Limits: made for English prose of 100 words and more; of a short answer one long word moves it by a grade
    or two, and one that was cut ends in half a sentence. Broken text without full stops comes out as very
    hard. An answer without a word has none.
    """
    return TextScore(
        "readability",
        unit="grade",
        meaning="Automated Readability Index (Smith & Senter 1967)",
        of=_index,
    )


def _index(text: str) -> float | None:
    found = words(text)
    if not found:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text.strip())))
    return 4.71 * sum(map(len, found)) / len(found) + 0.5 * len(found) / sentences - 21.43
