"""What the text reader makes of sentences written for it, phenomenon by phenomenon."""

from __future__ import annotations

import pytest

from pytest_steering.tasks.security.answers import read_answer
from tests.tasks.security.answers.phrases import (
    base_models,
    discourse,
    forms,
    markers,
    negation,
    polarity,
    reviews,
    short,
    undecided,
    weaknesses,
)

UNASKED = {
    "negated": negation.NEGATED,
    "asserted": negation.ASSERTED,
    "both in one sentence": negation.SAME_SENTENCE,
    "checkbox": markers.CHECKBOXES,
    "html": markers.HTML,
    "comment": markers.COMMENTS,
    "label": markers.LABELS,
    "first and final": discourse.FIRST_AND_FINAL,
    "rambling": discourse.RAMBLING,
    "contradiction": undecided.CONTRADICTION,
    "undecided": undecided.UNDECIDED,
    "short": short.SHORT,
}
ASKED = {
    "polarity": polarity.ASKED,
    "another weakness": weaknesses.OTHER,
    "form": forms.FORMS,
    "review": reviews.INSTRUCTED,
    "base model": base_models.BASE,
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [pytest.param(*row, id=f"{name}-{n}") for name, rows in UNASKED.items() for n, row in enumerate(rows)],
)
def test_an_answer_without_its_question_reads_as_a_careful_reader_reads_it(text: str, verdict: str) -> None:
    assert read_answer(text).verdict == verdict


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [pytest.param(*row, id=f"{name}-{n}") for name, rows in ASKED.items() for n, row in enumerate(rows)],
)
def test_an_answer_to_a_question_says_whether_the_weakness_is_there(
    question: str, text: str, verdict: str
) -> None:
    assert read_answer(text, question).verdict == verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The answer is no.", "no"),
        ("  \n This code is not vulnerable to XSS.", "not vulnerable to XSS"),
        ("- [ ] Yes\n- [x] No", "[x] No"),
        ("**Vulnerable.** The length is never checked.", "Vulnerable"),
        ("x" * 40_000 + ". In conclusion, the code is secure.", "secure"),
    ],
)
def test_the_span_holds_the_words_that_decided(text: str, words: str) -> None:
    span = read_answer(text).span

    assert span is not None
    assert text[slice(*span)] == words


def test_an_explicit_verdict_is_trusted_more_than_the_weight_of_evidence() -> None:
    explicit = read_answer("Yes, the code is vulnerable.").confidence
    weighed = read_answer("The input is not sanitized.").confidence

    assert explicit is not None
    assert weighed is not None
    assert explicit > weighed


def test_no_answer_has_no_confidence_and_names_its_rule() -> None:
    answer = read_answer("")

    assert (answer.verdict, answer.confidence, answer.span, answer.rule) == ("none", None, None, "no verdict")
