"""What readers make of a recorded answer."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.replay.recorded_answer import Recorded
from pytest_steering.tasks.reading.answer import Answer
from pytest_steering.tasks.task_registry import read_answer

RECORDED = "recorded"
"""Takes the verdict that stands beside the answer."""


def answers_of(recorded: Recorded, readers: Sequence[str]) -> list[Answer]:
    """Return what each reader reads.

    Args:
        recorded: The answer.
        readers: By name.

    Raises:
        DataError: A reader is unknown.
    """
    return [_own_verdict(recorded) if name == RECORDED else _answer(recorded, name) for name in readers]


def _answer(recorded: Recorded, reader: str) -> Answer:
    return read_answer(recorded.response, recorded.question, reader)


def _own_verdict(recorded: Recorded) -> Answer:
    verdict = (recorded.verdict or "").lower()
    if verdict == "yes":
        return Answer("yes", None, None, RECORDED)
    return Answer("no" if verdict == "no" else "none", None, None, RECORDED)
