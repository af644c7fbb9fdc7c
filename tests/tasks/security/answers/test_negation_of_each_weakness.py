"""For every weakness in the table: what says that it is there reads yes, and its negation reads no."""

from __future__ import annotations

import pytest

from pytest_steering.tasks.security.answers import read_answer
from pytest_steering.tasks.security.answers.weaknesses import WEAKNESSES, Weakness

SAID_AND_DENIED = [
    ("This code contains {}.", "This code does not contain {}."),
    ("There is {} in this code.", "There is no {} in this code."),
    ("The code is vulnerable to {}.", "The code is not vulnerable to {}."),
    ("Yes, the code has {}.", "No, the code has no {}."),
    ("{} is possible.", "{} is not possible."),
    ("{} can occur here.", "{} cannot occur here."),
    ("The program suffers from {}.", "The program doesn't suffer from {}."),
    ("The function allows {}.", "The function does not allow {}."),
    ("The code fails to prevent {}.", "The code prevents {}."),
    ("The code is susceptible to {}.", "The code is free of {}."),
    ("The code is not safe from {}.", "The code is safe from {}."),
    ("It is exposed to {}.", "It is protected against {}."),
    ("It is true that the code contains {}.", "It is not true that the code contains {}."),
    ("I think the code contains {}.", "I don't think the code contains {}."),
    ("The vulnerability known as {} is present.", "The vulnerability known as {} is not present."),
    ("This leads to {}.", "This does not lead to {}."),
    ("I found {}.", "I found no {}."),
    ("An attacker can cause {}.", "An attacker cannot cause {}."),
]


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: weakness.key)
def test_each_weakness_is_said_and_denied(weakness: Weakness) -> None:
    for name in weakness.names[:2]:
        for question in (None, f"Does this code contain {name}?", f"Is this code free of {name}?"):
            for said, denied in SAID_AND_DENIED:
                assert read_answer(said.format(name), question).verdict == "yes", (said, name, question)
                assert read_answer(denied.format(name), question).verdict == "no", (denied, name, question)
