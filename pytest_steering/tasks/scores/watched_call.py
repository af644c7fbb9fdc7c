"""A function of somebody's own, called so that what it does wrong is named and stops nothing."""

from __future__ import annotations

import math
import threading
import traceback
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from pytest_steering.errors import SteeringError

Outcome: TypeAlias = "tuple[float | None, str]"
"""A number, or None with what went wrong; None and nothing where the function returned None."""

MOST_SAID = 300
"""Characters of an error's text that are kept."""


class WatchedCalls:
    """Calls a function for one answer after the other, with a limit on the time of each call.

    The function runs in one thread beside; a call that does not return is left behind there, as a thread
    cannot be stopped, and the next call gets a new one. After `MOST_HANGING` such calls the function is not
    called any more.
    """

    MOST_HANGING = 3

    def __init__(self, function: Callable[..., Any], seconds: float) -> None:
        """Take the function.

        Args:
            function: Returns a number or None.
            seconds: How long a call may take.
        """
        self._function, self._seconds = function, seconds
        self._hanging = 0
        self._asked: SimpleQueue[Any] | None = None
        self._answers: SimpleQueue[Outcome] = SimpleQueue()

    def __call__(self, *arguments: Any) -> Outcome:
        """Return the number, or None with what went wrong as a sentence."""
        if self._hanging >= self.MOST_HANGING:
            return None, f"not called: {self._hanging} calls before did not return in {self._seconds:g} s"
        if self._asked is None:
            self._begin()
        self._asked.put(arguments)  # type: ignore[union-attr]
        try:
            return self._answers.get(timeout=self._seconds)
        except Empty:
            self._hanging += 1
            self._asked = None
            return None, f"did not return in {self._seconds:g} s"

    def _begin(self) -> None:
        self._asked, self._answers = SimpleQueue(), SimpleQueue()
        worker = threading.Thread(
            target=_serve, args=(self._function, self._asked, self._answers), daemon=True
        )
        worker.start()

    def __del__(self) -> None:
        if self._asked is not None:
            self._asked.put(None)


def fault_of(error: BaseException) -> str:
    """Return what went wrong as a sentence, whatever somebody else's error says of itself."""
    if isinstance(error, SteeringError):
        return str(error)
    said = traceback.format_exception_only(error)[-1].strip()  # which holds where an error's own text fails
    return f"raised {said[:MOST_SAID]}"


def _serve(function: Callable[..., Any], asked: SimpleQueue[Any], answers: SimpleQueue[Outcome]) -> None:
    for arguments in iter(asked.get, None):
        try:
            answers.put(_number(function(*arguments)))
        except BaseException as error:  # whatever a function of somebody's own raises
            answers.put((None, fault_of(error)))


def _number(value: Any) -> Outcome:
    if value is None:
        return None, ""
    try:
        number = math.nan if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        return None, f"returned {value!r:.80}; a finite number or None was expected"
    return number, ""
