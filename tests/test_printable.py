"""What a command prints is shown by a terminal and never obeyed by it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.printable import excerpt, harmless, printable, say


@given(st.text())
def test_a_printed_line_is_one_line_that_a_terminal_shows(text: str) -> None:
    out = io.StringIO()
    say([text], out)

    assert out.getvalue().endswith("\n")
    assert out.getvalue()[:-1].isprintable()
    assert printable(text).isprintable()


def test_a_line_keeps_its_columns() -> None:
    assert harmless("  a   b → c  ") == "  a   b → c  "
    assert harmless("\x1b[31m  a\tb\u202e\n") == "  a b "


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x9b31m", "\x1b]0;title\x07", "\u202e", "\u2066", "\0", "\udc80"]
)
def test_what_a_terminal_would_obey_is_dropped(text: str) -> None:
    assert harmless(f"a{text}b") == "ab"


@given(st.text(), st.integers(min_value=5, max_value=80))
def test_an_excerpt_is_no_longer_than_asked_for_and_keeps_both_ends(text: str, limit: int) -> None:
    shown, whole = excerpt(text, limit), printable(text, 10_000)

    assert len(shown) <= limit
    assert shown == whole if len(whole) <= limit else "…" in shown


def test_an_excerpt_begins_and_ends_as_the_text_does() -> None:
    assert excerpt("begin " + "x" * 9999 + " end", 20).startswith("begin")
    assert excerpt("begin " + "x" * 9999 + " end", 20).endswith("end")
