"""Scores as a command names them: built in, by name; nothing that would have to be imported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.tasks.behaviour_file import read_behaviour
from pytest_steering.tasks.scores import Score, as_guard, repetition
from pytest_steering.tasks.scores.named import named


def scores_and_guards(
    scores: Sequence[str], guards: Sequence[str]
) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """Return the scores and guards that are asked for.

    Args:
        scores: `sentiment`; `{"score": "language", "code": "fr"}`; or the path of a behaviour's JSON file,
            for its scores and guards.
        guards: Those that a behaviour's file does not name; `repetition` where nobody names any.

    Raises:
        DataError: There is no such score or file, a guard has no limit, or a score is asked for twice.
    """
    files = {text: read_behaviour(Path(text)) for text in scores if text.endswith(".json")}
    found = [one for text in scores for one in (files[text].scores if text in files else [_named(text)])]
    given = [as_guard(_named(text)) for text in guards]
    given += [one for file in files.values() for one in file.guards or ()]
    usual = [repetition()] if found and not given else []
    return tuple(found), tuple({one.name: one for one in (*given, *usual)}.values())


def _named(text: str) -> Score:
    if not text.lstrip().startswith("{"):
        return named(text, "--score")
    try:
        return named(json.loads(text), "--score")
    except ValueError as error:
        raise DataError(f"--score {text} is not JSON: {error}") from error
