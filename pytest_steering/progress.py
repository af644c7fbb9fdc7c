"""How far a long call is, told to whoever shows it; by itself it is told to nobody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TypeAlias

Advance: TypeAlias = Callable[[int], object]
Watcher: TypeAlias = Callable[[int, str], AbstractContextManager[Advance]]


def _tell_nobody(_total: int, _unit: str) -> AbstractContextManager[Advance]:
    return nullcontext(lambda _done: None)


WATCHER: ContextVar[Watcher] = ContextVar("pytest_steering_progress", default=_tell_nobody)


def counted(total: int, unit: str = "row") -> AbstractContextManager[Advance]:
    """Return a context whose value is called with how many more rows of a call are done.

    Args:
        total: Rows of the whole call.
        unit: What is counted where that is not rows.
    """
    return WATCHER.get()(total, unit)
