"""Whether an answer has the form that was asked for, 1 or 0; an answer without a word has none but JSON's.

The instructions are those of IFEval (Zhou et al. 2023).
"""

from __future__ import annotations

import json as json_library
import re
from collections.abc import Callable
from functools import partial

from pytest_steering.errors import DataError
from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.I | re.S)
_BULLET = re.compile(r"[ \t]*[*•-][ \t]+\S")
_COMMAS = re.compile("[,،，、]")


def lower_case() -> TextScore:
    """Return whether an answer has letters and no capital among them.

    Limits: an answer in a script without capitals is not in lower case.
    """
    return _check("lower_case", "whether every letter is a small one", _is_lower_case)


def no_comma() -> TextScore:
    """Return whether an answer has words and no comma, of any script."""
    return _check("no_comma", "whether there is no comma", _has_no_comma)


def json() -> TextScore:
    """Return whether an answer is one JSON object or array, with nothing around it but a fence of Markdown.

    Limits: what is in it is not looked at. A number or a string alone, which is JSON too, is not taken for
    an answer in JSON.
    """
    return _check("json", "whether the answer is a JSON object or array", _is_json)


def bullets(count: int) -> TextScore:
    """Return whether an answer has exactly so many bullet points: lines that begin with `*`, `-` or `•`.

    Args:
        count: At least 1.

    Raises:
        DataError: It is less.
    """
    if count < 1:
        raise DataError(f"{count} bullet points were asked for; give 1 or more")
    meaning = f"whether there are exactly {count} bullet points"
    return _check(f"bullets_{count}", meaning, partial(_has_bullets, count))


def word_count(least: int = 1, most: int | None = None) -> TextScore:
    """Return whether an answer has so many words.

    Args:
        least: As few are enough.
        most: As many are allowed; None for any number.

    Raises:
        DataError: No number of words is both.
    """
    if least < 1 or (most is not None and most < least):
        raise DataError(f"from {least} to {most} words were asked for; give at least 1, the lower one first")
    upper = "or_more" if most is None else f"to_{most}"
    meaning = f"whether there are {least} {upper.replace('_', ' ')} words"
    return _check(f"words_{least}_{upper}", meaning, partial(_has_words, least, most))


def _check(name: str, meaning: str, holds: Callable[[str], float]) -> TextScore:
    return TextScore(name, better="higher", bounds=(0.0, 1.0), unit="share", meaning=meaning, of=holds)


def _is_lower_case(text: str) -> float:
    return float(bool(words(text)) and text.islower())


def _has_no_comma(text: str) -> float:
    return float(bool(words(text)) and not _COMMAS.search(text))


def _has_bullets(count: int, text: str) -> float:
    points = [line for line in text.splitlines() if _BULLET.match(line)]
    return float(bool(words(text)) and len(points) == count)


def _has_words(least: int, most: int | None, text: str) -> float:
    found = len(words(text))
    return float(least <= found and (most is None or found <= most))


def _is_json(text: str) -> float:
    fenced = _FENCED.fullmatch(text)
    try:
        found = json_library.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return 0.0
    return float(isinstance(found, (dict, list)))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
