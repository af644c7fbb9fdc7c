"""Records as an experiment writes them, made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_steering.records import Outcome, Record


def outcomes(answers: str, margins: Sequence[float | None] | None = None) -> tuple[Outcome, ...]:
    """Return samples s0, s1, … that are in turn patched and vulnerable.

    Args:
        answers: One letter each: `y` yes, `n` no, `-` no answer, `s` skipped.
        margins: One each.
    """
    verdicts = {"y": "yes", "n": "no"}
    return tuple(
        Outcome(
            id=f"s{number}",
            expected="yes" if number % 2 else "no",
            predicted=verdicts.get(letter, "none"),
            correct=(letter == "y") == bool(number % 2) if letter in verdicts else None,
            margin=margins[number] if margins else None,
            pair_id=str(number // 2),
            skipped="a prompt too long" if letter == "s" else "",
        )
        for number, letter in enumerate(answers)
    )


def cell(
    arm: str = "steered",
    answers: str = "nyny",
    *,
    model: str = "qwen2",
    purpose: str = "score",
    margins: Sequence[float | None] | None = None,
    layers: Sequence[int] = (2,),
    scale: float = 1.0,
    experiment: str = "test_truth",
    **rest: Any,
) -> Record:
    """Return one cell."""
    spec = {
        "purpose": purpose,
        "model": {"name": model},
        "data": {"dataset": "twins", "split": "test"},
        "prompt": {"form": "sentence"},
        "intervention": None if arm == "unsteered" else {"layers": list(layers), "scale": scale},
    }
    return Record(spec, arm=arm, outcomes=outcomes(answers, margins), experiment=experiment, **rest)
