"""How far a long call is, told to whoever shows it; by itself it is told to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Advance: TypeAlias = Callable[[int], object]
Watcher: TypeAlias = Callable[[int, str], AbstractContextManager[Advance]]


def _tell_nobody(_total: int, _unit: str) -> AbstractContextManager[Advance]:
    return nullcontext(lambda _done: None)


WATCHER: ContextVar[Watcher] = ContextVar("pytest_steering_progress", default=_tell_nobody)

READ: ContextVar[Advance] = ContextVar("pytest_steering_tokens", default=lambda _tokens: None)
"""Is called with how many tokens a model reads in each pass, prompts and what it generated alike."""


def counted(total: int, unit: str = "sample") -> AbstractContextManager[Advance]:
    """Return a context whose value is called with how many more samples of a call are done.

    Args:
        total: Of the whole call; a prompt counts once for each arm that it is asked in.
        unit: What is counted where that is not samples.
    """
    return WATCHER.get()(total, unit)


def followed(items: Sequence[T], unit: str) -> Iterator[T]:
    """Yield items, and tell of each when the next one is asked for.

    Args:
        items: Of the whole call.
        unit: What one of them is.
    """
    with counted(len(items), unit) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def show_progress(tell: Callable[[int, int], object] | None = None) -> Iterator[None]:
    """Show how far each call within the block is.

    Args:
        tell: Called with how many samples are done and how many there are; by default a bar of tqdm shows it.
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
