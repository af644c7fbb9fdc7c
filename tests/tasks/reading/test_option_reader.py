"""Which option does a written answer choose? One, or none that can be told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering.tasks.reading.option_reader import planted_options, read_option

LETTERS = ("(A)", "(B)", "(C)")
TEXTS = ("Paris", "Rome and Naples", "Lima")


def place_of(text: str, letters: Sequence[str], texts: Sequence[str]) -> int | None:
    found = read_option(text, letters, texts)
    return None if found is None else found.place


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        (" (A)", 0),
        ("(B) because it is so, unlike (A).", 1),
        ("A.", 0),
        (" C\n", 2),
        ("B", 1),
        ("The answer is (C).", 2),
        ("My answer: b)", 1),
        ("I would choose option B.", 1),
        ("I think (A). No, wait: the answer is (B).", 1),
        ("Of these, I prefer (C)", 2),
        ("Rome and Naples, I think.", 1),
        ("It has to be Rome and Naples.", 1),
        ("Lima", 2),
        ("(A) or (B)?", None),
        ("Both (A) and (C) are fine.", None),
        ("A good question.", None),
        ("I like cities.", None),
        ("(D)", None),
        ("Paris or Lima", None),
        ("", None),
        ("Hard to say.\n\nQuestion: another?\nAnswer: (A)", None),
    ],
)
def test_an_answer_chooses_one_option_or_none(answer: str, place: int | None) -> None:
    assert place_of(answer, LETTERS, TEXTS) == place


@pytest.mark.parametrize(("letters", "texts"), [(LETTERS, TEXTS), ((), TEXTS), ((), ("Yes", "No"))])
def test_planted_answers_are_read_as_they_were_planted(
    letters: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    for name, text, place in planted_options(letters, texts):
        assert place_of(text, letters, texts) == place, name


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (" (B) for sure", "B"),
        ("The answer is (A). No: the answer is (C).", "C"),
        ("Of these, I prefer (C)", "(C)"),
        ("İt is: ROME and naples, I think.", "ROME and naples"),
        ("Lima", "Lima"),
    ],
)
def test_where_an_answer_names_its_option_is_known(answer: str, words: str) -> None:
    found = read_option(answer, LETTERS, TEXTS)

    assert found is not None
    assert answer[slice(*found.span)] == words
