"""Scores as a JSON file names them: a name, or an object with the name, its arguments and a limit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.limit import Limit
from pytest_steering.tasks.fields import shown
from pytest_steering.tasks.scores.combined_score import combined
from pytest_steering.tasks.scores.format_checks import bullets, json, lower_case, no_comma, word_count
from pytest_steering.tasks.scores.judging.judge_score import judge
from pytest_steering.tasks.scores.language_identification import language
from pytest_steering.tasks.scores.length_scores import words
from pytest_steering.tasks.scores.phrase_scores import pattern, refusal, word_list
from pytest_steering.tasks.scores.readability_index import readability
from pytest_steering.tasks.scores.repetition_scores import compression, distinct_2, repetition
from pytest_steering.tasks.scores.score import Score
from pytest_steering.tasks.scores.sequence_classifier import classifier
from pytest_steering.tasks.scores.surprisal import surprise
from pytest_steering.tasks.scores.vader import sentiment

BUILT_IN: Mapping[str, Callable[..., Score]] = {
    function.__name__: function
    for function in (
        *(sentiment, language, readability, words, repetition, distinct_2, compression, surprise),
        *(pattern, word_list, refusal, lower_case, no_comma, json, bullets, word_count),
        *(classifier, judge, combined),
    )
}
"""The package's scores by name."""


def named(said: object, where: str) -> Score:
    """Return the score that a file names.

    Args:
        said: Such as `"sentiment"`, or `{"score": "language", "code": "fr"}`; `limit` may hold `least`,
            `most` and `beside`.
        where: Names the place in an error.

    Raises:
        DataError: There is no such score, or its arguments or limit are not what it takes.
    """
    given = {"score": said} if isinstance(said, str) else said
    if not isinstance(given, Mapping) or not isinstance(given.get("score"), str):
        raise DataError(f'{where} is {shown(said)}; expected a score such as {{"score": "sentiment"}}')
    arguments = {key: value for key, value in given.items() if key not in ("score", "limit")}
    score = _made(str(given["score"]), arguments, where)
    return replace(score, limit=_limit(given["limit"], where)) if "limit" in given else score


def _made(name: str, arguments: Mapping[str, Any], where: str) -> Score:
    if name not in BUILT_IN:
        near = did_you_mean(name, BUILT_IN)
        raise DataError(f"{where} names the score {name!r}; {near}there are {', '.join(BUILT_IN)}")
    takes = inspect.signature(BUILT_IN[name])
    nested = {
        key: named(value, f"{where}, {key}") if isinstance(value, Mapping) else value
        for key, value in arguments.items()
    }
    try:
        takes.bind(**nested)
        return BUILT_IN[name](**nested)
    except TypeError as error:
        raise DataError(f"{where}: the score {name!r} takes {_arguments(takes)}: {error}") from error


def _limit(said: object, where: str) -> Limit:
    if not isinstance(said, Mapping) or not set(said) <= {"least", "most", "beside"}:
        raise DataError(f"{where}: limit is {shown(said)}; expected an object with least, most, beside")
    return Limit(**said)


def _arguments(takes: inspect.Signature) -> str:
    return ", ".join(takes.parameters) or "no arguments"
