"""Planted answers with a known verdict: what any reader of these questions must get right."""

from __future__ import annotations

from pytest_steering.tasks.asked import Asked, Planted
from pytest_steering.tasks.reading.answer import Verdict, planted_verdict
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.prompts.question_forms import QuestionForm

_ANY_FORM: tuple[tuple[str, str, Verdict], ...] = (
    ("a plain finding", " Vulnerable. The path is used without a check.", "yes"),
    ("a plain all-clear", " Secure. The path is checked before use.", "no"),
    ("a negated weakness", " The code is not vulnerable.", "no"),
    ("a negated all-clear", " The code is not secure.", "yes"),
    ("an answer about nothing", "\n    return value + 1;\n}", "none"),
    ("an empty answer", "", "none"),
)


def planted_answers(form: QuestionForm) -> list[Planted]:
    """Return the planted answers, as answers to a form of question.

    Args:
        form: How the question is asked.
    """
    asked = Asked(Sample("planted"), "", form.question("CWE-89"))
    return [planted_verdict(name, text, verdict, asked) for name, text, verdict in _ANY_FORM]
