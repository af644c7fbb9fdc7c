"""What must hold for any answer: reading never raises, and what does not matter changes no verdict."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.security.answers import read_answer
from tests.tasks.security.answers.phrases import negation, polarity

ANY_TEXT = st.text(alphabet=st.characters(), max_size=400)
PIECES = [
    "Yes", "No", "not", "vulnerable", "secure", "The code is", "if", "but", "- [x]", "- [ ]", "```",
    "`", "**", "\n", "?", ".", "Answer:", "<input checked>", "(A)", "1.", "CWE-89", "SQL injection",
    "it", "\ud800", "\x00", "#", "//", "<|endoftext|>", "so", "although", "there is", "no", ",", ";",
    "{", "}", "= 1;", "cannot", "prevents", "$$", "&#10004;", "\u2028", "İ",
]  # fmt: skip
UNITS = [
    "not ", "((((", "[ ] ", "a", "vulnerable ", "\n", "`", "```\n", "yes ", "<input ", "**", ". ", "{",
    "no, ", "cwe-", "if ", "is this code? ", "x = ", "\ud800", "static ", "answer: ",
]  # fmt: skip
MADE_UP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=40).map(" ".join)
QUESTIONS = st.one_of(st.none(), st.sampled_from([row[0] for row in polarity.ASKED]), ANY_TEXT, MADE_UP)
CLEAR = st.sampled_from([text for text, _ in negation.NEGATED + negation.ASSERTED])
CHATTER = [
    "\n\nI hope this helps!",
    "\n\nLet me know if you have any questions.",
    " Feel free to ask for more details.",
    "\n\n---\n",
    "\n\nThanks for reading.",
    "\n\n### Question 2\n\nIs the next program secure?\n\nYes, it is secure.",
    "\n```c\nint x = 0;\n```",
    "<|endoftext|>",
]


@given(st.one_of(ANY_TEXT, MADE_UP), QUESTIONS)
def test_reading_never_raises_and_always_gives_a_verdict(text: str, question: str | None) -> None:
    answer = read_answer(text, question)

    assert answer.verdict in ("yes", "no", "none")
    assert answer.span is None or 0 <= answer.span[0] <= answer.span[1] <= len(text)
    assert answer.confidence is None or 0 < answer.confidence <= 1


@given(CLEAR, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_does_not_flip_a_verdict(text: str, recased: type[str]) -> None:
    if "'" in text and recased is str.title:
        return
    assert read_answer(recased(text)).verdict == read_answer(text).verdict


@given(
    CLEAR,
    st.sampled_from(["  ", "\n", "\t", " \n ", "\u00a0", "\r\n"]),
    st.sampled_from(["", " ", "\n\n", "\t"]),
)
def test_white_space_does_not_flip_a_verdict(text: str, gap: str, edge: str) -> None:
    assert read_answer(edge + text.replace(" ", gap) + edge).verdict == read_answer(text).verdict


@given(CLEAR, st.sampled_from(["*", "**", "***", "_", "__", "`"]), st.data())
def test_markdown_emphasis_does_not_flip_a_verdict(text: str, mark: str, data: st.DataObject) -> None:
    words = text.split(" ")
    place = data.draw(st.integers(0, len(words) - 1))
    word = words[place].rstrip(".,")
    if mark == "`" and not word.isalpha():
        return
    words[place] = f"{mark}{word}{mark}{words[place][len(word) :]}"

    assert read_answer(" ".join(words)).verdict == read_answer(text).verdict


@given(CLEAR, st.sampled_from(["**{}**", "> {}", "- {}", "# {}", "_{}_", '"{}"', "<p>{}</p>", "({})"]))
def test_markup_around_the_answer_does_not_flip_a_verdict(text: str, around: str) -> None:
    assert read_answer(around.format(text)).verdict == read_answer(text).verdict


@given(CLEAR, st.sampled_from(CHATTER))
def test_trailing_chatter_does_not_flip_a_verdict(text: str, chatter: str) -> None:
    assert read_answer(text + chatter).verdict == read_answer(text).verdict


NEGATABLE = [
    ("The code is {}vulnerable.", "not "),
    ("This code is {}vulnerable to SQL injection.", "not "),
    ("The program is {}secure.", "not "),
    ("The function is {}safe from path traversal.", "not "),
    ("There is {} buffer overflow.", "no"),
    ("The code {} an integer overflow.", "does not contain"),
    ("The check {} the overflow.", "does not prevent"),
    ("An attacker can{} exploit this code.", "not"),
    ("The input is {}sanitized.", "not "),
    ("SQL injection is {}possible here.", "not "),
    ("The code is {}free of XSS.", "not "),
    ("The code is {}immune to command injection.", "not "),
]
PLAIN = {"no": "a", "does not contain": "contains", "does not prevent": "prevents"}


@given(
    st.sampled_from(NEGATABLE),
    st.sampled_from(["", "Well, ", "In my opinion, ", "After a review: ", "I think that ", "Overall, "]),
    st.sampled_from(["", " I checked every line.", " That is all.", "\n\nBest regards"]),
)
def test_a_sentence_and_its_negation_never_read_the_same(
    form: tuple[str, str], before: str, after: str
) -> None:
    template, negation_word = form
    denied = read_answer(before + template.format(negation_word) + after).verdict
    plain = read_answer(before + template.format(PLAIN.get(negation_word, "")) + after).verdict

    assert {denied, plain} == {"yes", "no"}


@given(st.sampled_from(["Yes", "No"]), st.sampled_from([row[0] for row in polarity.ASKED if "?" in row[0]]))
def test_yes_and_no_never_say_the_same(word: str, question: str) -> None:
    other = {"Yes": "No", "No": "Yes"}[word]
    one, two = read_answer(f"{word}.", question).verdict, read_answer(f"{other}.", question).verdict

    assert one != two or one == two == "none"


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_anything_is_read_at_once(unit: str) -> None:
    text = unit * (10**6 // len(unit))
    began = time.process_time()
    read_answer(text)

    assert time.process_time() - began < 1.0


def test_a_verdict_at_either_end_of_a_hundred_megabytes_is_read() -> None:
    filler = "The next line copies a name. " * (100 * 2**20 // 29)

    assert read_answer("No.\n\n" + filler).verdict == "no"
    assert read_answer(filler + "\n\nFinal answer: yes").verdict == "yes"
