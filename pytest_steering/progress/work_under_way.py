"""What a process does at the moment, kept up to date by the calls that take long, and told at a pace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pytest_steering.progress.progress import READ, WATCHER, Advance

DELAY = 1.0
"""Seconds that a call takes before anything is said of it."""

PACE = 0.5
"""Seconds from one time to the next."""


@dataclass
class Step:
    """A call that takes long.

    Attributes:
        total: How many samples it has.
        unit: What is counted where that is not samples.
        done: How many are done.
        tokens: Read by the model in it so far, those that it generated among them.
        seconds: Since it began.
    """

    total: int
    unit: str = "sample"
    done: int = 0
    tokens: int = 0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it goes on, if as it did so far; unknown before any of it is done, and of a pipe."""
        known = 0 < self.done <= self.total
        return self.seconds * (self.total - self.done) / self.done if known else None

    @property
    def tokens_per_second(self) -> float:
        """As an average of the call."""
        return self.tokens / self.seconds if self.seconds else 0.0


@dataclass
class Work:
    """What a process does.

    Attributes:
        name: Of the test or command.
        cells: How many it has recorded.
        step: The call that is under way, if any is.
    """

    name: str = ""
    cells: int = 0
    step: Step | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Work:
        """Return the work that plain data say."""
        step = data["step"]
        return cls(data["name"], data["cells"], None if step is None else Step(**step))


class WorkWatch:
    """Listens to the calls of this process, from `begin` to `end`.

    Attributes:
        work: What it does.
        moved: When it last did something, by the clock.
    """

    def __init__(self, tell: Callable[[Work], object], clock: Callable[[], float] = time.monotonic) -> None:
        """Say who is told.

        Args:
            tell: Called with the work at most each `PACE` seconds.
            clock: Seconds.
        """
        self.work = Work()
        self._tell, self._clock = tell, clock
        self._told: float | None = None
        self._began = 0.0
        self.moved = clock()

    def begin(self) -> None:
        """Listen."""
        self._tokens = WATCHER.set(self._step), READ.set(self._read)

    def end(self) -> None:
        """Listen no more."""
        WATCHER.reset(self._tokens[0])
        READ.reset(self._tokens[1])

    def announce(self, *, at_once: bool = False) -> None:
        """Tell of work that begins.

        Args:
            at_once: Also where nothing took long so far.
        """
        self.moved = self._clock()
        if at_once or self._told is not None:
            self._say()

    @contextmanager
    def _step(self, total: int, unit: str) -> Iterator[Advance]:
        step, outer = Step(total, unit), (self.work.step, self._began)
        self.work.step, self._began = step, self._clock()

        def advance(more: int) -> None:
            step.done += more
            self._passed(step)

        try:
            yield advance
        finally:
            self.work.step, self._began = outer
            if step.seconds >= DELAY:
                self._tell(self.work)

    def _read(self, tokens: int) -> None:
        self.moved = self._clock()
        if self.work.step is not None:
            self.work.step.tokens += tokens
            self._passed(self.work.step)

    def _passed(self, step: Step) -> None:
        self.moved = self._clock()
        step.seconds = self.moved - self._began
        if step.seconds >= DELAY:
            self._say()

    def _say(self) -> None:
        now = self._clock()
        if self._told is None or now - self._told >= PACE:
            self._told = now
            self._tell(self.work)
