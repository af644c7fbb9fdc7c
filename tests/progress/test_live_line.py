from __future__ import annotations

from io import StringIO

import pytest

from pytest_steering.progress import work_under_way
from pytest_steering.progress.live_line import LiveLine, draws_blocks, obeys, shown_work
from pytest_steering.progress.progress import counted


class Terminal(StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_line_of_its_own_is_drawn_over_and_removed() -> None:
    sent: list[str] = []
    line = LiveLine(sent.append, below=False)
    line.erase()
    line.draw("one")
    line.draw("two")
    line.erase()
    line.erase()

    assert sent == ["\rone\x1b[K", "\rtwo\x1b[K", "\r\x1b[K"]


def test_a_line_below_leaves_the_cursor_where_it_was() -> None:
    sent: list[str] = []
    line = LiveLine(sent.append, below=True)
    line.draw("one")
    line.end()
    line.draw("two")

    # Room is made below, the place is noted, and gone back to.
    assert sent == ["\x1bD\x1b[A\x1b7\r\none\x1b[K\x1b8", "\x1b7\r\n\x1b[K\x1b8"]


@pytest.mark.parametrize(("term", "seen"), [("xterm", True), ("dumb", False), ("", True)])
def test_a_terminal_that_cannot_move_its_cursor_gets_no_line(term: str, seen: bool) -> None:
    assert obeys(Terminal(), {"TERM": term}) == seen
    assert not obeys(StringIO(), {"TERM": term})


def test_a_stream_without_blocks_is_known() -> None:
    stream = StringIO()
    assert not draws_blocks(stream)  # it has no encoding
    assert draws_blocks(Terminal())


@pytest.fixture
def long_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DELAY", "PACE"):
        monkeypatch.setattr(work_under_way, name, 0.0)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("long_at_once")
def test_a_command_shows_its_calls_and_leaves_nothing() -> None:
    stream = Terminal()
    with shown_work(stream, "sweep") as work, counted(4) as advance:
        work.cells = 3
        advance(1)

    assert "sweep · 3 cells" in stream.getvalue()
    assert "1/4 samples" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.usefixtures("long_at_once")
def test_a_command_whose_output_goes_to_a_file_shows_nothing() -> None:
    stream = StringIO()
    with shown_work(stream, "sweep"), counted(4) as advance:
        advance(1)

    assert not stream.getvalue()
