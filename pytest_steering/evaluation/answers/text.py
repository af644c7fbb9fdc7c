"""The text reader (first working form)."""

from __future__ import annotations

import re

from pytest_steering.evaluation.answers.answer import Answer

LEADING = re.compile(r"\W*(yes|no|not vulnerable|vulnerable|secure|safe|not secure)\b", re.IGNORECASE)
SWAPPED = re.compile(r"\b(free of|safe from|is this code secure\?)", re.IGNORECASE)


def read_text(text: str, question: str | None = None) -> Answer:
    """Read an answer by its leading verdict."""
    found = LEADING.match(text[:400])
    if found is None:
        return Answer("none", None, None, "no verdict")
    word = found[1].lower()
    present = word in ("yes", "vulnerable", "not secure")
    if word in ("yes", "no") and question and SWAPPED.search(question):
        present = not present
    return Answer("yes" if present else "no", 1.0, found.span(1), "leading verdict")
