"""Files of choices, in every format that they are published in."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ChoiceTask
from pytest_steering.errors import DataError
from pytest_steering.tasks.choices.choice_file import read_choices
from pytest_steering.tasks.choices.item import Choice
from tests.tasks.choices.rows import lettered, matching, statements, write_lines

CAPITAL = {"question": "Which is the capital of Peru?", "options": ["Quito", "Lima", "La Paz"]}


def read(path: Path, by: str = "letter", question: str = "") -> list[Choice]:
    return [Choice.of(one) for one in read_choices([path], "data", by, question).samples]


def one_row(tmp_path: Path, row: dict[str, Any], by: str = "letter") -> Choice:
    (choice,) = read(write_lines(tmp_path / "rows.jsonl", [row]), by)
    return choice


def test_json_lines_and_a_json_array_say_the_same(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "rows.jsonl", statements())
    array = tmp_path / "rows.json"
    array.write_text("\ufeff\n" + json.dumps(statements(), indent=2), encoding="utf-8")
    assert read(lines) == read(array)


def test_answers_stay_as_they_are_published(tmp_path: Path) -> None:
    choice = one_row(tmp_path, lettered()[1])
    assert (choice.answers.wanted, choice.answers.others) == (" (B)", (" (A)",))
    assert choice.texts[choice.wanted] == "Be gentle to them"
    assert not choice.right


@pytest.mark.parametrize("said", [1, "Lima", "B", "(B)", "b)".upper()])
def test_the_right_option_is_named_by_number_text_or_letter(tmp_path: Path, said: object) -> None:
    choice = one_row(tmp_path, {**CAPITAL, "answer": said})
    assert (choice.answers.wanted, choice.answers.others) == (" (B)", (" (A)", " (C)"))
    assert choice.question.endswith("Choices:\n (A) Quito\n (B) Lima\n (C) La Paz")
    assert choice.right


def test_a_letter_that_is_an_option_itself_is_that_option(tmp_path: Path) -> None:
    choice = one_row(tmp_path, {"question": "Which blood group?", "choices": ["B", "A"], "answer": "A"})
    assert choice.texts[choice.wanted] == "A"


def test_options_may_be_answered_by_their_text_which_the_question_does_not_name(tmp_path: Path) -> None:
    choice = one_row(tmp_path, {**CAPITAL, "wanted": "Quito"}, by="text")
    assert (choice.question, choice.options) == (CAPITAL["question"], (" Quito", " Lima", " La Paz"))
    assert (choice.wanted, choice.right) == (0, False)


def test_statements_with_labels_are_asked_a_question(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text('statement,label\n"Water, when cold, freezes.",1\nStones swim.,0\n', encoding="utf-8")
    first, second = read(path, question="Is this true?")
    assert first.question == 'Is this true?\n"Water, when cold, freezes."'
    assert (first.answers.wanted, second.answers.wanted) == (" Yes", " No")
    assert first.right
    with pytest.raises(DataError, match="needs a question"):
        read(path)


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"question": "Why?"}, "no choice in 'question'"),
    (matching("Why?", " Yes", "Yes", True), "both answers are"),
    ({**lettered()[0], "answer_matching_behavior": " (C)"}, r"' \(C\)' is not listed"),
    (CAPITAL, "no field says"),
    ({**CAPITAL, "answer": 1, "label": 1}, "several fields say"),
    ({**CAPITAL, "answer": 3}, "a number from 0 to 2"),
    ({**CAPITAL, "answer": True}, "a number from 0 to 2"),
    ({**CAPITAL, "answer": "D"}, "a letter from A to C"),
    ({**CAPITAL, "options": ["Lima"], "answer": 0}, "a list of 2 to 26 texts"),
    ({**CAPITAL, "options": ["Lima", " Lima"], "answer": 0}, "the same text"),
    ({**CAPITAL, "options": "Lima", "answer": 0}, "a list of 2 to 26 texts"),
]


@pytest.mark.parametrize(("row", "said"), BROKEN)
def test_what_is_wrong_with_a_row_is_named_with_its_line(
    tmp_path: Path, row: dict[str, Any], said: str
) -> None:
    path = write_lines(tmp_path / "rows.jsonl", [{**CAPITAL, "answer": 0}, row])
    with pytest.raises(DataError, match=said) as raised:
        read(path)
    assert "line 2" in str(raised.value)


@pytest.mark.parametrize("text", ["[1]", "[{]", "[", ""])
def test_a_file_that_holds_no_rows_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        ChoiceTask.from_file(path)


def test_ids_and_splits_follow_from_content_in_whatever_order(tmp_path: Path) -> None:
    rows = lettered()
    there = read_choices([write_lines(tmp_path / "a.jsonl", rows)], "data", "letter", "").samples
    random.Random(1).shuffle(rows)
    back = read_choices([write_lines(tmp_path / "b.jsonl", rows)], "data", "letter", "").samples
    assert {(one.id, one.split) for one in there} == {(one.id, one.split) for one in back}
    assert {one.split for one in there} == {"train", "dev", "test"}


def test_one_question_stays_in_one_split_whatever_is_wanted_and_in_whatever_order(tmp_path: Path) -> None:
    rows = lettered()
    turned = [
        {**row, "question": row["question"].replace("(A)", "(?)").replace("(B)", "(A)").replace("(?)", "(B)")}
        for row in rows
    ]
    for row in turned:
        stem, _, listed = row["question"].partition("Choices:\n")
        row["question"] = stem + "Choices:\n" + "\n".join(sorted(listed.split("\n")))
    path = write_lines(tmp_path / "rows.jsonl", [*rows, *turned, *lettered(turned=True)])
    samples = read_choices([path], "data", "letter", "").samples
    splits: dict[str, set[str]] = {}
    for sample in samples:
        splits.setdefault(Choice.of(sample).key, set()).add(sample.split)
    assert len(splits) == len(rows) < len(samples)
    assert all(len(own) == 1 for own in splits.values())


def test_rows_that_say_the_same_are_taken_once_and_counted(tmp_path: Path) -> None:
    read_twice = read_choices([write_lines(tmp_path / "rows.jsonl", lettered() * 2)], "data", "letter", "")
    assert (len(read_twice.samples), read_twice.twice) == (len(lettered()), len(lettered()))
