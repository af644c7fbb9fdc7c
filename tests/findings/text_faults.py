"""Runs with scored answers, each with one fault, and what is reported of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pytest_steering.records import Record
from tests.experiments.scored_cells import arm, cheered, mood, scored_run, written


def broken() -> list[Any]:
    """Loops, each with a high score."""
    return arm(40, lambda _number: 0.9, repetition=0.8)


def without_score(count: int) -> list[Any]:
    return [written(n, None) if n < count else one for n, one in enumerate(cheered(0.5))]


def threw() -> list[Any]:
    first, *rest = cheered(0.5)
    failed = replace(first, scores={**first.scores, "cheer": None}, faults={"cheer": "raised KeyError: 'x'"})
    return [failed, *rest]


def longer() -> list[Any]:
    return [written(n, mood(n) + n / 40, tokens=24 + n) for n in range(40)]


TEXT_FAULTS: dict[str, Callable[[], dict[str, Record]]] = {
    "texts-broken": lambda: scored_run(broken()),
    "score-failed": lambda: scored_run(threw()),
    "unscorable-answers": lambda: scored_run(without_score(20)),
    "answers-unscored": lambda: scored_run(without_score(2)),
    "score-follows-form": lambda: scored_run(longer()),
}

TEXT_REPORTED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "texts-broken": [
        (
            "steered",
            "40 of 40 answers of the steered arm are broken, 0% of the unsteered ones, such as: "
            "repetition of 'o0' is 0.80, allowed is -inf to 0.3",
            {"broken": 40, "answers": 40},
        )
    ],
    "score-failed": [
        (
            "steered",
            "cheer failed on 1 of 40 answers, such as that to 'o0': it raised KeyError: 'x'",
            {"score": "cheer", "samples": ["o0"]},
        )
    ],
    "unscorable-answers": [
        (
            "steered",
            "20 of 40 answers of the steered arm have no cheer, such as that to 'o0'",
            {"score": "cheer", "unscored": 20, "answers": 40},
        )
    ],
    "answers-unscored": [
        (
            "steered",
            "2 of 40 answers of the steered arm have no cheer, such as that to 'o0'",
            {"score": "cheer", "unscored": 2, "answers": 40},
        )
    ],
    "score-follows-form": [
        (
            "steered",
            "the change of cheer follows that of the length: rank correlation +1.00 over 40 answers",
            {"form": "length", "correlation": 1.0},
        )
    ],
}
