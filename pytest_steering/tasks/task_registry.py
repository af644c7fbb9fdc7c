"""The tasks by name: those of this package, and those that a conftest offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.tasks.security.answers.readers import READERS, read_answer, register_reader
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.datasets.loaders import (
    DATASETS,
    Loader,
    has_dataset,
    load_dataset,
    register_dataset,
)
from pytest_steering.tasks.security.recorded_code import GROUP_NAMES, in_general_words, usual_question
from pytest_steering.tasks.security.security_task import SecurityTask
from pytest_steering.tasks.task import Task

__all__ = [
    "GROUP_NAMES",
    "READERS",
    "Loader",
    "Offered",
    "code_sample",
    "find_task",
    "in_general_words",
    "load_dataset",
    "read_answer",
    "register_dataset",
    "register_reader",
    "register_task",
    "usual_question",
    "withdraw_task",
]

Offered: TypeAlias = "Task | Callable[[], Task]"
"""A task, or what makes it where it is first asked for."""

_OFFERED: dict[str, Offered] = {}
_MADE: dict[str, Task] = {}
_NO_PATHS: Mapping[str, Path] = {}


def register_task(name: str, offered: Offered) -> None:
    """Make a task known by name.

    Args:
        name: As a test names it: `steering(task=NAME)`.
        offered: The task, or a function without arguments that returns it.

    Raises:
        DataError: Another task has that name already, or nothing that is or makes a task was offered.
    """
    if _OFFERED.get(name, offered) is not offered or has_dataset(name):
        raise DataError(f"a task named {name!r} is registered already; register this one under another name")
    if not isinstance(offered, Task) and not callable(offered):
        raise DataError(f"{name!r} is offered as a task and is {offered!r}; a Task was expected")
    _OFFERED[name] = offered


def withdraw_task(name: str) -> None:
    """Forget a task that was registered; another run in this process may offer its own."""
    _OFFERED.pop(name, None)
    _MADE.pop(name, None)


def find_task(name: str, *, paths: Mapping[str, Path] = _NO_PATHS, **options: str) -> Task:
    """Return a task by name.

    Args:
        name: Of a task of a conftest; of a data set of this package; `hub:owner/name`; or any name that
            `paths` gives a JSON lines file of labelled code for.
        paths: Where data lies that is not in the package.
        **options: Such as `form`, `reader` or `contrast`, where the task is wanted otherwise than usual.

    Raises:
        DataError: No task has that name, or it does not know an option.
    """
    if name in _OFFERED:
        return _made(name).with_options(**options)
    if has_dataset(name, paths):
        return SecurityTask(name, paths=paths, **options)
    known = sorted((*_OFFERED, *DATASETS))
    raise DataError(
        f"no task is named {name!r}; {did_you_mean(name, known)}known are {', '.join(known)} and "
        f"hub:OWNER/NAME; offer one of your own with the hook pytest_steering_tasks, or name a JSON lines "
        f"file of labelled code with --steering-data {name}=FILE"
    )


def _made(name: str) -> Task:
    """Return an offered task under its name, made once."""
    if name not in _MADE:
        offered = _OFFERED[name]
        task = offered if isinstance(offered, Task) else offered()
        if not isinstance(task, Task):
            raise DataError(f"what makes the task {name!r} returned {task!r}; a Task was expected")
        _MADE[name] = task.named(name)
    return _MADE[name]
