"""The study's keyword rule, held against a statement of it that shares no code with the reader."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.security.answers import KeywordReaderWarning, read_answer

V = """contains security vulnerabilities|vulnerable|security vulnerability|security flaw|security issue|
unsafe|exploitable|attack|injection|overflow|traversal|dangerous""".replace("\n", "")
S = """is secure|secure|safe|no vulnerabilities|no security issues|properly validated|sanitized|protected|
no security problems""".replace("\n", "")

WORDS = [*V.split("|"), *S.split("|"), "not", "no", " ", "The code", "SAFE", "Attack", "\n", "un"]


def by_the_rule(text: str) -> tuple[str, float]:
    """The rule as issue 2 states it: on the lower-cased answer each listed phrase that occurs counts once."""
    v, s = (
        sum(re.search(re.escape(phrase), text.lower()) is not None for phrase in listed.split("|"))
        for listed in (V, S)
    )
    if v == s:
        return "no", 0.5
    return ("yes", v / (v + s + 1)) if v > s else ("no", s / (v + s + 1))


@pytest.mark.filterwarnings("ignore::pytest_steering.tasks.security.answers.KeywordReaderWarning")
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=12).map(" ".join))
def test_the_keyword_reader_is_the_rule_to_the_letter(text: str) -> None:
    answer = read_answer(text, reader="keywords")

    assert (answer.verdict, answer.confidence) == by_the_rule(text)


@pytest.mark.parametrize(
    ("text", "verdict", "confidence"),
    [
        ("", "no", 0.5),
        ("The code is vulnerable.", "yes", 1 / 2),
        ("The code is not vulnerable.", "yes", 1 / 2),
        ("This code is unsafe.", "no", 0.5),
        ("It is secure.", "no", 2 / 3),
        ("SQL INJECTION ATTACK", "yes", 2 / 3),
        ("An overflow attack by injection is prevented; the input is sanitized.", "yes", 3 / 5),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest_steering.tasks.security.answers.KeywordReaderWarning")
def test_worked_examples_of_the_rule(text: str, verdict: str, confidence: float) -> None:
    answer = read_answer(text, reader="keywords")

    assert answer.verdict == verdict
    assert answer.confidence == pytest.approx(confidence)


def test_using_it_warns_once_with_its_measured_error() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            read_answer("Yes.", reader="keywords")

    assert [warning.category for warning in caught] == [KeywordReaderWarning]
    assert "55 %" in str(caught[0].message)


@pytest.mark.filterwarnings("ignore::pytest_steering.tasks.security.answers.KeywordReaderWarning")
def test_it_does_not_look_at_the_question() -> None:
    assert read_answer("Yes.", "Is this code free of XSS?", reader="keywords").verdict == "no"
    assert read_answer("Vulnerable.", "Is this code free of XSS?", reader="keywords").verdict == "yes"
