"""Input that is damaged in one field is refused or named: a sample of what `python -m tools.fuzz` tries."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.fuzz.mutation import mutated
from tools.fuzz.targets import TARGETS, Target
from tools.fuzz.trial import trials


@pytest.mark.parametrize("name", ["records", "baselines", "vectors"])
def test_damaged_input_is_named_without_a_traceback(name: str) -> None:
    assert list(trials(TARGETS[name], 20, seed=1000)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_much_damaged_input_is_named_without_a_traceback(name: str) -> None:
    assert list(trials(TARGETS[name], 200, seed=5000)) == []


def test_a_mutation_changes_one_field_and_the_same_one_for_a_seed() -> None:
    text = json.dumps({"a": [1, {"b": "c"}], "d": None})
    for seed in range(50):
        once, again = (mutated(text, random.Random(seed)) for _ in range(2))
        assert once == again
        assert once.text != text


def _write(folder: Path) -> None:
    (folder / "whole").touch()


def _damage(folder: Path, _drawn: random.Random) -> str:
    (folder / "whole").unlink()
    return "whole: taken away"


def _overlooked(_folder: Path, _drawn: random.Random) -> str:
    return "fine"


def _met(folder: Path, _drawn: random.Random) -> str:
    return "fine" if (folder / "whole").exists() else str(1 / 0)


@pytest.mark.parametrize(("use", "said"), [(_overlooked, "silence"), (_met, "ZeroDivisionError")])
def test_silence_and_tracebacks_are_failures(use: Callable[[Path, random.Random], str], said: str) -> None:
    found = list(trials(Target(_write, _damage, use), 2, seed=3))

    assert [one.seed for one in found] == [3, 4]
    assert all(one.said.startswith(f"whole: taken away: {said}") for one in found)
