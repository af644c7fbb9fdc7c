from __future__ import annotations

import pytest

from pytest_steering.tasks.pair_writing.written_sentence import has_sentence, sentence_of


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("The sun was out all day. It rained later.", "The sun was out all day."),
        ('"The sun was out all day!"', "The sun was out all day!"),
        ("Here is a sentence:\n\nThe sun was out all day.", "The sun was out all day."),
        ("The sun\nwas out all day.", "The sun was out all day."),
        ("“The sun was out all day.” said Ann.", "The sun was out all day."),
        ("It cost 3.50 euros in the end. Fine.", "It cost 3.50 euros in the end."),
    ],
)
def test_the_first_sentence_is_taken_without_quotes_and_what_announces_it(answer: str, sentence: str) -> None:
    assert sentence_of(answer, ["being cheerful"]) == (sentence, "")


def test_writing_ends_with_what_follows_the_sentence() -> None:
    text = 'He said "it is 3.5 o\'clock" to me. Then'
    ended = [has_sentence(text[:end]) for end in range(len(text) + 1)]
    assert ended == [False] * (text.index("Then") + 1) + [True] * len("Then")
    assert not has_sentence("Sure! Here you are:\nThe sun")
