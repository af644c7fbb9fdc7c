"""Weaknesses by name and number, the word lists, and what a question asks."""

from __future__ import annotations

from collections import Counter

import pytest

from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.lexicon.phrase_tree import phrases
from pytest_steering.tasks.security.answers.polarity import understood
from pytest_steering.tasks.security.answers.weaknesses import (
    BY_CWE,
    BY_KEY,
    WEAKNESSES,
    same_weakness,
    weakness_of_cwe,
)


@pytest.mark.parametrize(
    ("cwe", "key"),
    [
        ("CWE-22", "path traversal"),
        ("cwe-78", "command injection"),
        ("CWE 79", "cross-site scripting"),
        ("CWE-089", "SQL injection"),
        ("CWE-190", "integer overflow"),
        ("CWE-416", "use after free"),
        ("CWE-476", "NULL pointer dereference"),
        ("CWE-787", "out-of-bounds write"),
        ("CWE-99999", None),
    ],
)
def test_a_weakness_is_found_by_its_number(cwe: str, key: str | None) -> None:
    assert weakness_of_cwe(cwe) == key


def test_the_table_names_what_the_data_sets_ask_about() -> None:
    asked = {20, 22, 77, 78, 79, 89, 94, 119, 120, 125, 190, 369, 401, 415, 416, 457, 476, 502, 787, 798}

    assert asked <= set(BY_CWE)
    assert all(weakness.names for weakness in WEAKNESSES)
    assert len(BY_KEY) == len(WEAKNESSES)


def test_no_number_and_no_name_stands_for_two_weaknesses() -> None:
    numbers = Counter(number for weakness in WEAKNESSES for number in weakness.cwes)
    names = Counter(name.lower() for weakness in WEAKNESSES for name in weakness.names)

    assert [number for number, count in numbers.items() if count > 1] == []
    assert [name for name, count in names.items() if count > 1] == []


def test_kin_are_not_told_apart_and_strangers_are() -> None:
    assert same_weakness("overflow", "integer overflow")
    assert same_weakness("injection", "SQL injection")
    assert same_weakness("out-of-bounds write", "out-of-bounds read")
    assert not same_weakness("SQL injection", "command injection")
    assert not same_weakness("integer overflow", "out-of-bounds write")
    assert not same_weakness("use after free", "double free")


def test_every_phrase_stands_once_in_the_word_lists() -> None:
    listed = Counter((phrase, cue) for phrase, cue, _ in phrases())
    cues = {cue for _, cue, _ in phrases()}

    assert [phrase for phrase, count in listed.items() if count > 1] == []
    assert {cue for cue in Cue if cue not in cues} == {Cue.COMMA, Cue.OR, Cue.COLON, Cue.OPEN}


def test_no_phrase_has_two_meanings() -> None:
    words = Counter(phrase for phrase, _, _ in phrases())

    assert [phrase for phrase, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("question", "yes", "keys"),
    [
        (None, 1, set()),
        ("", 1, set()),
        ("Is this code vulnerable?", 1, set()),
        ("Is this code secure?", -1, set()),
        ("Is this code secure or vulnerable?", 0, set()),
        ("Is this code free of path traversal (CWE-22)?", -1, {"path traversal"}),
        ("Does this code contain CWE-89?", 1, {"SQL injection"}),
        ("Is the program safe from XSS? Answer yes or no.", -1, {"cross-site scripting"}),
        ("Does it prevent integer overflow?", -1, {"integer overflow"}),
        ("How are you?", 1, set()),
    ],
)
def test_a_question_tells_what_yes_means_and_what_is_asked(
    question: str | None, yes: int, keys: set[str]
) -> None:
    asked = understood(question)

    assert (asked.yes, set(asked.keys)) == (yes, keys)
