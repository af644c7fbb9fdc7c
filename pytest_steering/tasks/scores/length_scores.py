"""How long an answer is."""

from __future__ import annotations

from pytest_steering.limit import Limit
from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words as words_of


def words() -> TextScore:
    """Return the number of words of an answer.

    Limits: a script without spaces counts its characters; an answer of marks or line breaks has 0. An
    answer cut at the most new tokens is as long as that allows, whatever it would have been.
    """
    return TextScore(
        "words",
        better="neither",
        bounds=(0.0, None),
        unit="words",
        meaning="number of words",
        limit=Limit(0.5, 2.0, "ratio"),
        of=lambda text: float(len(words_of(text))),
    )
