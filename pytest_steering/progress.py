"""How far a long call is, told to whoever shows it; by itself it is told to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
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


@contextmanager
def show_progress(tell: Callable[[int, int], object] | None = None) -> Iterator[None]:
    """Show how far each call within the block is.

    Args:
        tell: Called with how many rows are done and how many there are; by default a bar of tqdm shows it.
    """
    token = WATCHER.set(_bar if tell is None else _telling(tell))
    try:
        yield
    finally:
        WATCHER.reset(token)


def _telling(tell: Callable[[int, int], object]) -> Watcher:
    @contextmanager
    def watch(total: int, _unit: str) -> Iterator[Advance]:
        done = 0

        def advance(more: int) -> None:
            nonlocal done
            done += more
            tell(done, total)

        yield advance

    return watch


@contextmanager
def _bar(total: int, unit: str) -> Iterator[Advance]:
    from tqdm.auto import tqdm

    with tqdm(total=total, unit=unit) as bar:
        yield bar.update
