"""Sentiment by VADER: a word list with rules, no model."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytest_steering.tasks.scores.extra import needed_by
from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words


def sentiment() -> TextScore:
    """Return VADER's compound score (Hutto & Gilbert 2014): −1 most negative, 1 most positive.

    Limits: it adds up the words of an English list, so another language scores 0, irony counts as meant, and
    a longer answer lies further from 0. A loop on one happy word scores 1: let `repetition` decide with it.
    An answer without a word, and of no emoticon either, has none.
    """
    return TextScore(
        "sentiment",
        better="neither",
        bounds=(-1.0, 1.0),
        unit="compound",
        meaning="sentiment by VADER's English word list",
        of=_compound,
    )


def _compound(text: str) -> float | None:
    found = float(_analyzer().polarity_scores(text)["compound"])
    return found if found or words(text) else None


@cache
def _analyzer() -> Any:
    with needed_by("sentiment"):
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    return SentimentIntensityAnalyzer()
