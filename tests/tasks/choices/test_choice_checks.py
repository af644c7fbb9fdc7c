"""What is wrong with files of choices is named; what is well is left alone."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ChoiceTask
from tests.tasks.choices.rows import lettered, statements, write_lines

EVALS = "behaviours/anthropic_evals"
OF_ONE_POLARITY = ("agreeableness", "extraversion", "interest-in-science")


def said_of(*paths: Path) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ChoiceTask.from_file(*paths)
    return "\n".join(str(one.message) for one in caught)


def test_balanced_files_of_one_polarity_have_nothing_wrong(tmp_path: Path) -> None:
    for name, rows in {"letters": lettered(), "statements": statements()}.items():
        half = len(rows) // 2
        one = write_lines(tmp_path / f"{name}_1.jsonl", rows[:half])
        other = write_lines(tmp_path / f"{name}_2.jsonl", rows[half:])
        assert said_of(one, other) == ""
        assert said_of(write_lines(tmp_path / f"{name}.jsonl", rows)) == ""


def half(rows: list[dict[str, Any]], part: int) -> list[dict[str, Any]]:
    middle = len(rows) // 2
    return rows[middle:] if part else rows[:middle]


@pytest.mark.parametrize("rows", [lettered, statements])
def test_joined_files_of_opposite_polarity_are_named(tmp_path: Path, rows: Any) -> None:
    one = write_lines(tmp_path / "one.jsonl", half(rows(), 0))
    other = write_lines(tmp_path / "other.jsonl", half(rows(turned=True), 1))
    assert "one.jsonl and other.jsonl are opposite in polarity" in said_of(one, other)


def test_files_of_one_name_in_two_folders_are_two_files(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    one = write_lines(tmp_path / "one" / "rows.jsonl", half(lettered(), 0))
    other = write_lines(tmp_path / "other" / "rows.jsonl", half(lettered(turned=True), 1))
    assert f"{one} and {other} are opposite in polarity" in said_of(one, other)


@pytest.mark.parametrize("rows", [lettered, statements])
def test_one_file_of_two_polarities_one_after_the_other_is_named(tmp_path: Path, rows: Any) -> None:
    joined = [*rows(), *rows(turned=True)]
    for number, row in enumerate(joined):
        row["question"] = f"Case {number}: {row['question']}"
    said = said_of(write_lines(tmp_path / "joined.jsonl", joined))
    assert (
        f"joined.jsonl, rows 1 to {len(joined) // 4} and joined.jsonl, rows {len(joined) // 2 + 1} to" in said
    )
    assert "are opposite in polarity" in said


def test_statements_sorted_by_their_answer_are_no_two_polarities(tmp_path: Path) -> None:
    rows = sorted(statements(), key=lambda row: str(row["answer_matching_behavior"]))
    assert said_of(write_lines(tmp_path / "sorted.jsonl", rows)) == ""


def test_a_letter_that_is_wanted_too_often_is_named(tmp_path: Path) -> None:
    rows = [
        row
        for number, row in enumerate(lettered())
        if row["answer_matching_behavior"] == " (A)" or number % 5 == 0
    ]
    said = said_of(write_lines(tmp_path / "rows.jsonl", rows))
    assert "the answer (A) is wanted in" in said


def test_more_options_than_the_two_that_are_compared_are_named(tmp_path: Path) -> None:
    rows = lettered()
    rows[3]["question"] += "\n (C) Neither"
    assert f"1 of {len(rows)} questions list more than the two options" in said_of(
        write_lines(tmp_path / "rows.jsonl", rows)
    )


def test_rows_that_stand_twice_and_questions_with_two_wishes_are_named(tmp_path: Path) -> None:
    rows = [*lettered(), lettered()[0], lettered(turned=True)[1]]
    said = said_of(write_lines(tmp_path / "rows.jsonl", rows))
    assert "1 row says what another row says; left out" in said
    assert "1 question stands there with different options wanted" in said


def test_what_was_understood_is_said(tmp_path: Path) -> None:
    notes = ChoiceTask.from_file(write_lines(tmp_path / "rows.jsonl", lettered())).notes
    assert notes[0] == "48 choices: 2 options each; one of them matches a behaviour; listed behind letters"
    assert notes[1] == "wanted: (A) 24, (B) 24"


@pytest.mark.parametrize("name", OF_ONE_POLARITY)
def test_halves_of_published_files_are_of_one_polarity(test_data: Path, tmp_path: Path, name: str) -> None:
    lines = (test_data / EVALS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    for part in (0, 1):
        (tmp_path / f"{part}.jsonl").write_text("".join(lines[part::2]), encoding="utf-8")
    assert said_of(tmp_path / "0.jsonl", tmp_path / "1.jsonl") == ""
    assert said_of(test_data / EVALS / f"{name}.jsonl") == ""


def test_different_traits_joined_are_no_opposites(test_data: Path) -> None:
    assert said_of(*(test_data / EVALS / f"{name}.jsonl" for name in OF_ONE_POLARITY)) == ""


def test_the_joined_survival_files_are_named_as_opposite(test_data: Path, tmp_path: Path) -> None:
    human, model = (test_data / EVALS / f"survival-instinct.{name}.jsonl" for name in ("human", "lm"))
    said = said_of(human, model)
    assert "survival-instinct.human.jsonl and survival-instinct.lm.jsonl are opposite in polarity" in said
    assert "247 of 1334 questions list more than the two options" in said
    assert "the answer (A) is wanted in 772" in said
    joined = tmp_path / "joined.jsonl"
    joined.write_bytes(human.read_bytes() + model.read_bytes())
    assert "are opposite in polarity" in said_of(joined)
    assert "polarity" not in said_of(human) + said_of(model)


def test_the_survival_files_are_of_one_polarity_once_one_is_turned(test_data: Path, tmp_path: Path) -> None:
    human, model = (test_data / EVALS / f"survival-instinct.{name}.jsonl" for name in ("human", "lm"))
    matching, other = "answer_matching_behavior", "answer_not_matching_behavior"
    rows = map(json.loads, model.read_text(encoding="utf-8").splitlines())
    turned = [{**row, matching: row[other], other: row[matching]} for row in rows]
    assert "polarity" not in said_of(human, write_lines(tmp_path / "turned.jsonl", turned))
