"""What may be said of an experiment, in a test's marker or to `Experiment`: one table of names and values."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.printable import printable

LONGEST, MOST = 255, 10**9

Check = tuple[Callable[[Any], bool], str]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_task(value: Any) -> bool:
    return _is_name(value) or (not isinstance(value, type) and hasattr(value, "with_options"))


def _is_whole(least: int) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        return value is None or (whole and least <= int(value) <= MOST)

    return check


def _are_models(value: object) -> bool:
    named = isinstance(value, (list, tuple)) and bool(value)
    return named and all(isinstance(one, (str, os.PathLike)) for one in value)  # type: ignore[attr-defined]


def _name(of: str) -> Check:
    return _is_name, f"the name of {of} was expected, of at most {LONGEST} characters"


_TASK: Check = (_is_task, f"a task was expected, or the name of one, of at most {LONGEST} characters")

CHECKS: Mapping[str, Check] = {
    "task": _TASK,
    "dataset": _name("a data set"),
    "split": _name("a split"),
    "form": _name("a way to ask"),
    "reader": _name("a reader of answers (pytest_steering_answer_readers makes one of your own known)"),
    "models": (_are_models, "a list of names was expected, such as models=['blind']"),
    "limit": (_is_whole(1), f"a whole number from 1 to {MOST} was expected, or None for all samples"),
    "max_new_tokens": (_is_whole(0), f"a whole number from 0 to {MOST} was expected, or None for the task's"),
    "stop": (lambda value: value in ("", "length", "verdict"), "'length' or 'verdict' was expected"),
    "vectors_from": _TASK,
    "contrast": _name("a contrast"),
    "site": _name("a site of the model's blocks, such as 'mlp_output',"),
    "both_polarities": (lambda value: isinstance(value, bool), "True or False was expected"),
}


def require_known(said: Mapping[str, Any]) -> None:
    """Refuse what no experiment can have.

    Args:
        said: Options by name.

    Raises:
        DataError: There is no such option, or its value is of another kind; the message says what was meant.
    """
    for name, value in said.items():
        if name not in CHECKS:
            near = did_you_mean(name, CHECKS)
            raise DataError(f"the steering marker knows no {name!r}; {near}It knows {', '.join(CHECKS)}")
        fits, expected = CHECKS[name]
        if not fits(value):
            raise DataError(f"{name}={_shown(value)}: {expected}")


def _shown(value: object) -> str:
    try:
        return printable(repr(value), 80)
    except ValueError:  # Python writes no number of so many digits
        return f"a number of {type(value).__name__}"
