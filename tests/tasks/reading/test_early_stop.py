from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from pytest_steering.tasks.reading.early_stop import decides
from pytest_steering.tasks.security.answers import read_answer

QUESTION = "Does this code contain a buffer overflow?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, this code contains a buffer overflow.\n", True),
        ("No. ", True),
        ("**No**, there is no buffer overflow. ", True),
        ("- [ ] Yes\n- [x] No\n", True),
        ("The short answer is: No, there is no direct buffer overflow. ", False),
        ("Yes, this code contains", False),
        ("", False),
        ("\n", False),
        ("The function copies a string.\n", False),
    ],
)
def test_a_whole_sentence_that_is_sure_decides(text: str, expected: bool) -> None:
    assert decides(text, lambda so_far: read_answer(so_far, QUESTION)) is expected


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_an_answer_that_is_ended_early_keeps_its_verdict(test_data: Path, every: int) -> None:
    kept = decided = written = whole = 0
    for name in ("base_models_dev", "instruct_models_dev"):
        lines = (test_data / "answers" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for row in map(json.loads, lines[::every]):
            text, question = row["response"], row.get("question")
            ends = [end + 1 for end, sign in enumerate(text) if sign in " \n"]
            over = (end for end in ends if decides(text[:end], partial(read_answer, question=question)))
            first = next(over, None)
            whole, written = whole + len(text), written + (first or len(text))
            if first is not None:
                decided += 1
                kept += read_answer(text[:first], question).verdict == read_answer(text, question).verdict
    assert decided > 280 / every
    assert kept == decided
    assert written < 0.7 * whole
