"""Which option does a written answer choose? One, or none that can be told."""

from __future__ import annotations

import pytest

from pytest_steering.tasks.reading.option_reader import planted_options, read_option

LETTERS = ("(A)", "(B)", "(C)")
TEXTS = ("Paris", "Rome and Naples", "Lima")


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
    assert read_option(answer, LETTERS, TEXTS) == place


@pytest.mark.parametrize(("letters", "texts"), [(LETTERS, TEXTS), ((), TEXTS), ((), ("Yes", "No"))])
def test_planted_answers_are_read_as_they_were_planted(
    letters: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    for name, text, place in planted_options(letters, texts):
        assert read_option(text, letters, texts) == place, name
