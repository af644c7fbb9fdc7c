"""The readers on real answers, where `PYTEST_STEERING_TEST_DATA` names the folder that holds them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_steering.evaluation.answers import read_answer
from pytest_steering.evaluation.answers.agreement import Labelled, agreement, effect, labelled_answers

DATA = os.environ.get("PYTEST_STEERING_TEST_DATA", "")
ANSWERS = Path(DATA) / "answers"

pytestmark = pytest.mark.skipif(
    not (DATA and ANSWERS.is_dir()),
    reason="PYTEST_STEERING_TEST_DATA names no folder with the real answers in `answers/`",
)


def rows(name: str) -> list[Labelled]:
    return labelled_answers(ANSWERS / name)[0]


def measured(name: str, reader: str, measure: str) -> float:
    value = agreement(rows(name), reader)[measure]
    assert value is not None
    return value


def test_every_minimal_case_reads_as_written_down() -> None:
    cases = json.loads((ANSWERS / "minimal_cases.json").read_text("utf-8"))
    wrong = [case for case in cases if read_answer(case["text"]).verdict != (case["verdict"] or "none")]

    assert (len(cases), wrong) == (37, [])


def test_answers_of_instruction_tuned_models_are_read_right() -> None:
    assert measured("instruct_models_dev.jsonl", "text", "balanced accuracy") >= 0.93
    assert measured("instruct_models_dev.jsonl", "text", "answered") >= 0.96


def test_answers_of_each_instruction_tuned_model_are_read_right() -> None:
    answers = rows("instruct_models_dev.jsonl")
    by_model = {
        model: agreement([row for row in answers if row.model == model], "text")["balanced accuracy"] or 0.0
        for model in {row.model for row in answers}
    }

    assert {model: value for model, value in by_model.items() if value < 0.9} == {}


def test_they_are_read_right_without_the_question_too() -> None:
    unasked = [
        Labelled(row.id, row.response, None, row.careful, row.code_label, row.model)
        for row in rows("instruct_models_dev.jsonl")
    ]

    assert (agreement(unasked, "text")["balanced accuracy"] or 0.0) >= 0.93


def test_answers_of_base_models_are_read_right_and_missing_ones_are_seen() -> None:
    assert measured("base_models_dev.jsonl", "text", "three-class") >= 0.92


def test_the_keyword_reader_is_as_bad_as_its_warning_says() -> None:
    assert 0.5 < measured("instruct_models_dev.jsonl", "keywords", "balanced accuracy") < 0.66
    assert measured("base_models_dev.jsonl", "keywords", "accuracy") < 0.6


def test_the_keyword_reader_hides_what_the_models_know_and_the_text_reader_does_not() -> None:
    answers = rows("instruct_models_dev.jsonl")
    careful, text, keywords = (effect(answers, reader)["MCC"] or 0.0 for reader in (None, "text", "keywords"))

    assert abs(text - careful) < 0.05
    assert careful - keywords > 0.25
