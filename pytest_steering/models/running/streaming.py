"""An answer piece by piece, while a thread of its own writes it as any other is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from queue import SimpleQueue
from threading import Event
from typing import TypeAlias

from pytest_steering.models.running.generation import DecidedText

Answer: TypeAlias = Callable[[DecidedText], str]

HALF = "\ufffd"
"""What a tokenizer writes for a character of which it has a part."""


def pieces(answer: Answer, held_back: int) -> Iterator[str]:
    """Yield what an answer adds to what was yielded, and at last what is left of it: joined, the answer.

    Args:
        answer: Writes it, asking after each token whether to go on.
        held_back: So many of its last characters may yet be cut off.
    """
    texts: SimpleQueue[str | None] = SimpleQueue()
    closed = Event()

    def told(_number: int, text: str) -> bool:
        texts.put(text)
        return closed.is_set()

    def written() -> str:
        try:
            return answer(told)
        finally:
            texts.put(None)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(copy_context().run, written)
        said = ""
        try:
            while (text := texts.get()) is not None:
                sure = _sure(text, held_back)
                if len(sure) > len(said) and sure.startswith(said):
                    yield sure[len(said) :]
                    said = sure
            if len(whole := done.result()) > len(said):
                yield whole[len(said) :]
        finally:
            closed.set()


def _sure(text: str, held_back: int) -> str:
    """Return what of a text so far stays: no half character, nor what may become a text to stop at."""
    whole = text.rstrip(HALF)
    return whole[: len(whole) - held_back] if held_back else whole
