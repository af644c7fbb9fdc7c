"""JSON as it is read here: no key twice, no NaN, no number that is none, and a sentence for all else."""

from __future__ import annotations

import json
import math
from sys import intern
from typing import Any, NoReturn

from pytest_steering.errors import DataError


class NotJsonError(DataError):
    """A text that is no JSON at all, such as one that was cut off."""


class RepeatedKeyError(DataError):
    """An object that says something twice, as after a merge."""


_SHORT = 64
"""Characters of a text that may stand in many lines, as names, versions and hashes do."""

MOST_DIGITS = 300
"""Of a whole number; one of more digits has no form as a float."""


def parsed(text: str | bytes) -> Any:
    """Return what a text of JSON says.

    Args:
        text: Whole; bytes are UTF-8.

    Raises:
        NotJsonError: It is no JSON.
        RepeatedKeyError: It says something twice in one object.
        DataError: It is nested too deeply, or holds a number that is not finite.
    """
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except RecursionError as error:
        raise DataError("it is nested too deeply to be read") from error
    except ValueError as error:
        raise NotJsonError(f"not JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys differ; of two that are equal the reader would drop one in silence."""
    # Of many thousand lines each says the same few words: every one is held once.
    found = {intern(key): _held_once(value) for key, value in pairs}
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise RepeatedKeyError(f"{twice!r} stands in one object {keys.count(twice)} times")
    return found


def _held_once(value: Any) -> Any:
    return intern(value) if type(value) is str and len(value) <= _SHORT else value


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise DataError(f"a number of {len(digits)} digits; numbers of {MOST_DIGITS} at most are read")
    return int(digits)


def _finite(number: str) -> float:
    found = float(number)
    if math.isinf(found):
        raise DataError(f"the number {number[:40]} is too large for a float")
    return found


def _no_number(name: str) -> NoReturn:
    raise DataError(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole, parse_float=_finite, parse_constant=_no_number
)
