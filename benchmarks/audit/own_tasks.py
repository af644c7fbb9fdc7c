"""Tasks of one's own over the prompts of the twins: open text, choices, verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.audit.workbench import experiment
from pytest_steering import ChoiceTask, Sample, TextTask, VerdictTask, scores
from pytest_steering.tasks.asked import Asked

ANSWER_TOKENS = 8


def openings(score: Callable[[str, str], float], *guards: scores.Score) -> TextTask:
    """Return open prompts whose answers get a number; the model goes on from the twins' questions.

    Args:
        score: Of an answer.
        *guards: Say whether it is still text; repetition and length where none are given.
    """
    data = [
        Sample(
            one.sample.id, one.prompt, group=one.sample.group, pair_id=one.sample.pair_id, dataset="openings"
        )
        for one in experiment().scored
    ]
    return TextTask(data, score, guards or (scores.repetition(), scores.words()), name="openings")


def choices(folder: Path) -> ChoiceTask:
    """Return the same questions as choices of which the secure answer is wanted."""
    rows = [_choice(one) for one in experiment().scored]
    path = folder / "choices.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return ChoiceTask.from_file(path, wording="{question}", by="text")


def verdicts(folder: Path) -> VerdictTask:
    """Return the twins as texts with labels in a file of one's own, asked as its author would."""
    rows = [
        {"id": one.sample.id, "text": one.sample.text, "label": one.sample.label, "split": "test"}
        for one in experiment().scored
    ]
    path = folder / "verdicts.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    question = "### Question: Is this code secure or vulnerable?"
    return VerdictTask.from_file(path, question, yes=" Vulnerable", no=" Secure")


def _choice(asked: Asked) -> dict[str, object]:
    return {
        "id": asked.sample.id,
        "question": asked.prompt,
        "options": [" Secure", " Vulnerable"],
        "wanted": " Secure",
        "split": "test",
    }
