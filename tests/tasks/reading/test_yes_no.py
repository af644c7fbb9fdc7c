"""A general reader of two words: it abstains where the words say nothing, and where they say both."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.tasks.reading.yes_no import YesNoReader, planted_texts

YES_NO = YesNoReader(" Yes", " No")
MOOD = YesNoReader(" Positive", " Negative")
PAIRS = [
    (" Yes", " No"),
    (" Positive", " Negative"),
    (" Insulting", " Not insulting"),
    ("ja", "nein"),
    ("A", "B"),
    ("(A", "(B"),
]


@pytest.mark.parametrize(("yes", "no"), PAIRS)
def test_every_pair_of_words_reads_the_answers_that_are_made_of_it(yes: str, no: str) -> None:
    reader = YesNoReader(yes, no)
    read = {name: reader(text).verdict for name, text, _ in planted_texts(yes, no)}
    assert read == {name: verdict for name, _, verdict in planted_texts(yes, no)}


@pytest.mark.parametrize(
    ("text", "verdict", "rule"),
    [
        ("yes", "yes", "leading answer"),
        ("**No**", "no", "leading answer"),
        (" (No) It is mild.", "no", "leading answer"),
        ("Yes/No: yes", "yes", "leading answer"),
        ("Yes. No way to tell otherwise.", "yes", "leading answer"),
        ("I think the answer would be yes", "yes", "announced answer"),
        ("Final answer: **Yes**", "yes", "announced answer"),
        ("Yes at first. But my verdict: no", "no", "announced answer"),
        ("No doubt it is.", "none", "no answer"),
        ("There is no insult in it.", "none", "no answer"),
        ("The answer is not yes.", "none", "no answer"),
        ("'Yes' or 'No'", "none", "no answer"),
        ("Yes.\nNo.", "none", "contradiction"),
        ("yes\n### Question: Is it?\nThe answer is no", "yes", "leading answer"),
        ("yes\nQuestion: Is it? The answer is no", "yes", "leading answer"),
    ],
)
def test_yes_and_no_are_an_answer_only_where_they_answer(text: str, verdict: str, rule: str) -> None:
    found = YES_NO(text)
    assert (found.verdict, found.rule) == (verdict, rule)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("It isn't a very positive review.", "no"),
        ("The review is positive, not negative.", "yes"),
        ("I would call it negative overall", "no"),
        ("Neither is it negative.", "yes"),
        ("positively bad", "none"),
        ("Its beginning is positive. Its ending is negative.", "none"),
        ("It has positive and negative sides.", "none"),
        ("I did not see it. It is positive.", "yes"),
    ],
)
def test_words_that_tell_the_property_are_read_in_any_sentence_with_their_negation(
    text: str, verdict: str
) -> None:
    assert MOOD(text).verdict == verdict


@pytest.mark.parametrize("text", [" Yes, it does.", "So my answer: No.", "It is not positive."])
def test_the_span_is_where_the_deciding_word_stands(text: str) -> None:
    for reader in (YES_NO, MOOD):
        found = reader(text)
        if found.span:
            assert text[slice(*found.span)].casefold() in (reader.yes.casefold(), reader.no.casefold())


@given(st.text(max_size=200))
def test_any_text_has_a_reading(text: str) -> None:
    for reader in (YES_NO, MOOD):
        found = reader(text)
        assert found.verdict in ("yes", "no", "none")
        assert (found.span is None) == (found.verdict == "none")


@pytest.mark.parametrize("unit", ["positive ", " ", "answer ", "not ", "\n", "_", "negative or ", ".\n "])
def test_a_megabyte_takes_no_time_to_speak_of(unit: str) -> None:
    started = time.process_time()
    MOOD(unit * (1_000_000 // len(unit)))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("yes", "no"), [(" Yes", " yes "), ("", " No"), (" Yes", "  ")])
def test_two_different_words_are_needed(yes: str, no: str) -> None:
    with pytest.raises(DataError, match="two different words were expected"):
        YesNoReader(yes, no)
