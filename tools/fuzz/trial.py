"""Trials: input is damaged and used; a traceback, a hang and silence are failures, each with its seed."""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.fuzz.targets import Target

LONGEST = 10.0
"""Seconds that a command may take."""


class Failure(NamedTuple):
    """A trial that failed.

    Attributes:
        seed: Of the trial alone: it fails again with this one.
        said: What was changed, and what went wrong.
    """

    seed: int
    said: str


def trials(target: Target, runs: int, seed: int) -> Iterator[Failure]:
    """Yield the trials that failed.

    Args:
        target: What is damaged.
        runs: How many trials.
        seed: Of the first; each further one has the next.
    """
    with tempfile.TemporaryDirectory() as name:
        whole, used = Path(name) / "whole", Path(name) / "used"
        whole.mkdir()
        target.make(whole)
        target.use(_copy(whole, used), random.Random(seed))  # what is imported once is no trial's time
        for number in range(seed, seed + runs):
            # Which command is used follows from the seed, so that both are told of the same one.
            expected = target.use(_copy(whole, used), random.Random(number)) if target.strict else ""
            said = target.damage(_copy(whole, used), random.Random(number))
            wrong = _wrong(target, used, number, expected)
            if wrong:
                yield Failure(number, f"{said}: {wrong}")


def _copy(whole: Path, used: Path) -> Path:
    shutil.rmtree(used, ignore_errors=True)
    return Path(shutil.copytree(whole, used))


def _wrong(target: Target, folder: Path, number: int, expected: str) -> str:
    """Return what went wrong as damaged input was used; empty where nothing did."""
    begun = time.monotonic()
    try:
        with _limited():
            told = target.use(folder, random.Random(number))
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[-2:]
        where = " ← ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        return f"{type(error).__name__}: {str(error)[:200]} ({where})"
    if time.monotonic() - begun > LONGEST:
        return f"it took {time.monotonic() - begun:.0f} s"
    return "silence: the same was said as of whole input" if told == expected else ""


@contextmanager
def _limited() -> Iterator[None]:
    """Stop what hangs, where the system has alarms; whatever waits inside a library is timed all the same."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"it did not end within {LONGEST:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
