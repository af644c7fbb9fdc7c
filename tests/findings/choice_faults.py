"""Runs of choices with one fault each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pytest_steering.records import Outcome, Record
from tests.experiments.cells import run

COUNT = 80


def chosen(number: int, wanted: str, moved: float, swapped: float | None = None) -> Outcome:
    """A choice by likelihood, with a margin of its own that was moved."""
    margin = (number * 37 % 41 - 20) / 10 + moved
    other = "(B)" if wanted == "(A)" else "(A)"
    return Outcome(
        id=f"s{number}",
        expected="",
        predicted="yes" if margin > 0 else "no",
        prompt_sha256=f"p{number}",
        margin=margin,
        swapped_margin=swapped,
        wanted=wanted,
        chosen=wanted if margin > 0 else other,
    )


def letters(count: int = COUNT, often: int = 2) -> list[str]:
    """Which letter is wanted: (B) in one of so many choices."""
    return ["(B)" if number % often == 0 else "(A)" for number in range(count)]


def pushed(wanted: Sequence[str], trait: float, letter: float, both_ways: bool = False) -> dict[str, Record]:
    """A run whose vector moves margins to what is wanted, and to the letter A."""

    def arm(strength: float) -> list[Outcome]:
        found = []
        for number, one in enumerate(wanted):
            to_a = letter if one == "(A)" else -letter
            noise = (number * 13 % 7 - 3) / 100
            turned = strength * (trait - to_a + noise) if both_ways else None
            found.append(chosen(number, one, strength * (trait + to_a + noise), turned))
        return found

    return choices(arm(0.0), arm(1.0))


def choices(unsteered: Sequence[Outcome], steered: Sequence[Outcome]) -> dict[str, Record]:
    """The records of a run of choices."""
    return run(unsteered, steered, main_metric="margin")


def _constant() -> dict[str, Record]:
    usual = [chosen(number, one, 0.0) for number, one in enumerate(letters())]
    steered = [replace(one, chosen="(A)", predicted="yes" if one.wanted == "(A)" else "no") for one in usual]
    return choices(usual, [replace(one, margin=(one.margin or 0.0) + 0.5) for one in steered])


CHOICE_FAULTS: dict[str, Callable[[], dict[str, Record]]] = {
    "choice-constant": _constant,
    "letter-prior": lambda: pushed(letters(often=4), 0.03, 1.0),
}

CHOICE_REPORTED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "choice-constant": [
        (
            "steered",
            "80 of 80 choices of the steered arm are '(A)', which is wanted in 40",
            {"chosen": 80, "choices": 80, "wanted": 40},
        )
    ],
    "letter-prior": [
        (
            "steered",
            "the margin moved by +0.530 nats, and by +0.030 (p 0.001) with (A), (B) wanted equally often",
            {"moved": 0.53025, "freed": 0.03, "p": 0.0005},
        )
    ],
}
