"""A line on a terminal that is drawn over and over, and is gone before anything else is written there."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from pytest_steering.progress.progress_text import progress_text
from pytest_steering.progress.work_under_way import Work, WorkWatch

_ROOM_BELOW = "\x1bD\x1b[A"
"""One line down and up again, in the same column: at the bottom of a screen that makes room for a line."""

_BELOW, _BACK, _REST_OF_LINE = "\x1b7\r\n", "\x1b8", "\x1b[K"
"""Note the place and go to the line below; go back; blank what is to the right."""


def obeys(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a person sees a stream, on a terminal whose cursor can be moved."""
    return stream.isatty() and environment.get("TERM") != "dumb"


class LiveLine:
    """A line below the place where others write, or on a line of its own.

    Whoever else writes calls `erase` before, or uses `lock` to be sure that it is not drawn meanwhile.

    Attributes:
        lock: Held while the line is drawn.
    """

    def __init__(self, write: Callable[[str], object], *, below: bool) -> None:
        """Say where.

        Args:
            write: Takes text and shows it at once.
            below: Leave the line at which the cursor is, and the cursor, as they are.
        """
        self.lock = threading.RLock()
        self._write, self._drawn, self._ended = write, False, False
        self._before = f"{_ROOM_BELOW}{_BELOW}" if below else "\r"
        self._after = f"{_REST_OF_LINE}{_BACK}" if below else _REST_OF_LINE
        self._gone = f"{_BELOW}{_REST_OF_LINE}{_BACK}" if below else f"\r{_REST_OF_LINE}"

    def draw(self, text: str) -> None:
        """Draw the line, in place of the one before.

        Args:
            text: Narrower than the terminal, without control characters.
        """
        with self.lock:
            if not self._ended:
                self._write(f"{self._before}{text}{self._after}")
                self._drawn = True

    def erase(self) -> None:
        """Remove the line, if it is there."""
        with self.lock:
            if self._drawn:
                self._write(self._gone)
                self._drawn = False

    def end(self) -> None:
        """Remove the line for good."""
        with self.lock:
            self.erase()
            self._ended = True


@contextmanager
def shown_work(stream: TextIO, name: str) -> Iterator[Work]:
    """Show on a terminal how far the calls of a command are; elsewhere show nothing.

    Args:
        stream: Nothing else is written there meanwhile.
        name: Of what is done.

    Yields:
        What is shown; whoever makes cells counts them there.
    """

    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    def draw(work: Work) -> None:
        line.draw(progress_text([work], None, shutil.get_terminal_size().columns - 1, ascii_only=plain))

    line, plain = LiveLine(write, below=False), not draws_blocks(stream)
    watch = WorkWatch(draw)
    watch.work.name = name
    if not obeys(stream):
        yield watch.work
        return
    watch.begin()
    try:
        yield watch.work
    finally:
        watch.end()
        line.erase()


def draws_blocks(stream: TextIO) -> bool:
    """Tell whether a stream can take the characters of a bar."""
    try:
        "·█▏…~".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
