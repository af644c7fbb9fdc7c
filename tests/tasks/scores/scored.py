"""What scores make of answers, as tests ask for it."""

from __future__ import annotations

from pytest_steering.tasks.scores import Score


def values(score: Score, *texts: str) -> list[float | None]:
    """What a score gives each answer, none of which it may fail on."""
    found = score.of_all([("Say something.", text) for text in texts])
    assert [one.fault for one in found] == [""] * len(texts)
    return [one.value for one in found]


def faults(score: Score, *texts: str) -> list[str]:
    """Why a score fails on each answer, all of which are then without a number."""
    found = score.of_all([("Say something.", text) for text in texts])
    assert [one.value for one in found] == [None] * len(texts)
    return [one.fault for one in found]
