from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.scores.wording import wording, words


def test_words_are_in_lower_case_with_straight_apostrophes() -> None:
    assert words("Don’t STOP, it’s o'clock!") == ["don't", "stop", "it's", "o'clock"]


def test_an_apostrophe_at_either_end_is_a_mark() -> None:
    assert words("'tis the dogs' ''") == ["tis", "the", "dogs"]


def test_marks_of_a_letter_belong_to_it() -> None:
    assert words("cafe\u0301 हिन्दी") == ["cafe\u0301", "हिन्दी"]


def test_scripts_without_spaces_give_their_characters_with_their_marks() -> None:
    assert words("我们go学") == ["我", "们", "go", "学"]
    assert words("สวัสดี") == ["ส", "วั", "ส", "ดี"]


def test_a_phrase_is_found_only_as_a_whole() -> None:
    said = wording("The  wedding—dress.")
    assert said == " the wedding dress "
    assert wording("wedding dress") in said
    assert wording("wed") not in said
    assert wording("...") == " "


@given(st.text(st.characters()))
def test_what_stands_between_words_holds_no_letter(text: str) -> None:
    rest = text.lower()
    for word in words(text):
        assert " " not in word
    joined = wording(text)
    assert words(joined) == words(text)
    assert len(joined) <= 3 * len(rest) + 1


@given(st.text(alphabet=string.printable))
def test_plain_text_has_the_words_that_it_has_beside_another_script(text: str) -> None:
    assert [*words(text), "é"] == words(f"{text} é")


@given(st.text(), st.integers(0, 5))
def test_the_first_words_are_those_of_the_whole(text: str, most: int) -> None:
    assert words(text, most) == words(text)[:most]
