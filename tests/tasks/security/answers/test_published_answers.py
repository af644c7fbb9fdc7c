"""The readers on real answers, where `PYTEST_STEERING_TEST_DATA` names the folder that holds them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pytest_steering.records import Outcome
from pytest_steering.tasks.security.answers import read_answer
from tests.comparison.outcomes_at_hand import made, value
from tools.reader_agreement import Labelled, agreement, effect, labelled_answers

DATA = os.environ.get("PYTEST_STEERING_TEST_DATA", "")
ANSWERS = Path(DATA) / "answers"
INSTRUCT = "instruct_models_dev.jsonl"
BASE = "base_models_dev.jsonl"

pytestmark = pytest.mark.skipif(
    not (DATA and ANSWERS.is_dir()),
    reason="PYTEST_STEERING_TEST_DATA names no folder with the real answers in `answers/`",
)


@cache
def rows(name: str) -> tuple[Labelled, ...]:
    return tuple(labelled_answers(ANSWERS / name)[0])


@cache
def verdicts(name: str) -> tuple[str, ...]:
    return tuple(read_answer(row.response, row.question).verdict for row in rows(name))


def counted(name: str, model: str | None = None) -> list[Outcome]:
    """The text reader's verdicts on the answers in which the careful reader found yes or no."""
    read = zip(rows(name), verdicts(name), strict=True)
    clear = [(row, verdict) for row, verdict in read if row.careful != "none" and model in (None, row.model)]
    return [made(row.id, verdict, int(row.careful == "yes")) for row, verdict in clear]


def test_every_minimal_case_reads_as_written_down() -> None:
    cases = json.loads((ANSWERS / "minimal_cases.json").read_text("utf-8"))
    wrong = [case for case in cases if read_answer(case["text"]).verdict != (case["verdict"] or "none")]

    assert (len(cases), wrong) == (37, [])


def test_answers_of_instruction_tuned_models_are_read_right() -> None:
    counts = counted(INSTRUCT)

    assert (value("balanced_accuracy_answered", counts) or 0.0) >= 0.93
    assert (value("answered_share", counts) or 0.0) >= 0.96


def test_answers_of_each_instruction_tuned_model_are_read_right() -> None:
    models = {row.model for row in rows(INSTRUCT)}
    by_model = {
        model: value("balanced_accuracy_answered", counted(INSTRUCT, model)) or 0.0 for model in models
    }

    assert {model: found for model, found in by_model.items() if found < 0.9} == {}


def test_they_are_read_right_without_the_question_too() -> None:
    unasked = [replace(row, question=None) for row in rows(INSTRUCT)]

    assert (agreement(unasked, "text")["balanced accuracy"] or 0.0) >= 0.93


def test_answers_of_base_models_are_read_right_and_missing_ones_are_seen() -> None:
    same = [row.careful == verdict for row, verdict in zip(rows(BASE), verdicts(BASE), strict=True)]

    assert len(same) == 135
    assert sum(same) / len(same) >= 0.92


def test_the_keyword_reader_is_as_bad_as_its_warning_says() -> None:
    assert 0.5 < (agreement(rows(INSTRUCT), "keywords")["balanced accuracy"] or 0.0) < 0.66
    assert 0.5 < (agreement(rows(BASE), "keywords")["accuracy"] or 0.0) < 0.6


def test_the_keyword_reader_hides_what_a_model_knows_and_the_text_reader_does_not() -> None:
    answers = [row for row in rows(INSTRUCT) if row.model == "o4-mini"]
    careful, text, keywords = (effect(answers, reader)["MCC"] or 0.0 for reader in (None, "text", "keywords"))

    assert abs(text - careful) < 0.1
    assert careful - keywords > 0.5
