from __future__ import annotations

from pytest_steering import scores
from tests.tasks.scores.scored import values


def test_words_are_letters_digits_and_apostrophes_in_a_row() -> None:
    assert values(scores.words(), "It's 3 o’clock, isn't it?", "well-known", "a_b", "हिन्दी भाषा") == [
        5,
        2,
        2,
        2,
    ]


def test_a_script_without_spaces_counts_its_characters() -> None:
    assert values(scores.words(), "我是学生", "コーヒー", "สวัสดี") == [4, 4, 4]


def test_an_answer_of_marks_or_line_breaks_has_no_words() -> None:
    assert values(scores.words(), "", "\n\n\n", "!!! … --- 🙂") == [0, 0, 0]


def test_as_a_guard_half_to_double_the_usual_length_is_allowed() -> None:
    limit = scores.words().limit
    assert limit is not None
    assert limit.bounds([18, 20, 30]) == (10, 40)
