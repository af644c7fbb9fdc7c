"""Planted answers with a known verdict: what any reader of these questions must get right."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pytest_steering.tasks.security.answers import KeywordReaderWarning, Verdict, read_answer

if TYPE_CHECKING:
    from pytest_steering.tasks.security.prompts.question_forms import QuestionForm

_ANY_FORM: tuple[tuple[str, str, Verdict], ...] = (
    ("a plain finding", " Vulnerable. The path is used without a check.", "yes"),
    ("a plain all-clear", " Secure. The path is checked before use.", "no"),
    ("a negated weakness", " The code is not vulnerable.", "no"),
    ("a negated all-clear", " The code is not secure.", "yes"),
    ("an answer about nothing", "\n    return value + 1;\n}", "none"),
    ("an empty answer", "", "none"),
)


def probe_reader(reader: str, form: QuestionForm) -> dict[str, object]:
    """Return how many planted answers a reader was asked to read, and which of them it read wrongly.

    Args:
        reader: Name of a registered reader.
        form: The question that the answers are read as answers to.
    """
    question = form.question("CWE-89")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KeywordReaderWarning)
        wrong = [
            name
            for name, text, verdict in _ANY_FORM
            if read_answer(text, question, reader).verdict != verdict
        ]
    return {"asked": len(_ANY_FORM), "wrong": wrong}
