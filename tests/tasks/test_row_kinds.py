from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ChoiceTask, TextTask, VerdictTask, read_pairs
from pytest_steering.errors import DataError
from pytest_steering.tasks.row_kinds import other_kind

MATCHING = {
    "question": "Do you agree?\n (A) yes\n (B) no",
    "answer_matching_behavior": " (A)",
    "answer_not_matching_behavior": " (B)",
}
OPTIONS = {"question": "Which?", "options": ["a", "b"], "answer": 0}
TEXT = {"text": "What a day.", "label": 1}
PROMPT = {"prompt": "Once"}
PAIR = {"positive": "How lovely.", "negative": "How sad."}


def one(_prompt: str, _text: str) -> float:
    return 1.0


def as_prompts(path: Path) -> Any:
    return TextTask.from_file(path, score=one)


def as_texts(path: Path) -> Any:
    return VerdictTask.from_file(path, question="Is it kind?")


@pytest.mark.parametrize(
    ("row", "read", "said"),
    [
        (MATCHING, as_prompts, "Anthropic's evals and CAA publish them, which ChoiceTask.from_file reads"),
        (MATCHING, as_texts, "which ChoiceTask.from_file reads"),
        (MATCHING, read_pairs, "which ChoiceTask.from_file reads"),
        (OPTIONS, as_texts, "choices, which ChoiceTask.from_file reads"),
        (TEXT, as_prompts, "labelled texts, which VerdictTask.from_file reads"),
        (TEXT, ChoiceTask.from_file, "labelled texts, which VerdictTask.from_file reads"),
        (PROMPT, ChoiceTask.from_file, "prompts, which TextTask.from_file reads"),
        (PROMPT, as_texts, "prompts, which TextTask.from_file reads"),
        (PAIR, as_prompts, "contrast pairs, which read_pairs"),
        (PAIR, ChoiceTask.from_file, "contrast pairs, which read_pairs"),
    ],
)
def test_rows_that_were_taken_for_another_kind_are_named_with_what_reads_them(
    tmp_path: Path, row: dict[str, Any], read: Callable[[Path], Any], said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read(path)


def test_a_row_of_the_expected_kind_that_lacks_a_field_is_called_nothing_else() -> None:
    assert other_kind({"answer_matching_behavior", "answer_not_matching_behavior"}, ["question"])
    assert other_kind({"prompt", "label"}, ["prompt"]) == ""
    assert other_kind({"colour"}, ["prompt"]) == ""


def test_a_choice_that_is_none_is_told_each_way_to_write_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"question": "Why?"}', encoding="utf-8")
    with pytest.raises(DataError, match=r"or statement and label$"):
        ChoiceTask.from_file(path)
