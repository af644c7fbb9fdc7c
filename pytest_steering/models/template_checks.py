"""Does a chat template read each message, and open an answer? Asked of what it writes, not of its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pytest_steering.errors import PromptError

SURE = 16
"""A message of so many characters does not stand in a prompt by chance."""

MARK = " (also this)"


def unread(
    render: Callable[[Sequence[Mapping[str, Any]]], str], messages: Sequence[Mapping[str, Any]], text: str
) -> str:
    """Return the role of a message whose words change nothing; empty where all are read.

    A template may write a message in its own way, such as without its thoughts: one that does not stand in
    the prompt as it is gets more words, and the prompt has to change.

    Args:
        render: Writes messages.
        messages: Those that were written.
        text: What came of them.
    """
    for place, one in enumerate(messages):
        said = one.get("content")
        if not isinstance(said, str) or (len(said.strip()) >= SURE and said.strip() in text):
            continue
        marked = [*messages[:place], {**one, "content": f"{said}{MARK}"}, *messages[place + 1 :]]
        if _written(render, marked) == text:
            return str(one.get("role"))
    return ""


def opens_no_answer(text: str, unasked: Callable[[], str], special: Iterable[str]) -> str:
    """Return the special token that a prompt ends in though an answer was to be opened; empty where it was.

    Args:
        text: The prompt.
        unasked: Returns the prompt without an answer opened.
        special: The tokenizer's special tokens, as text.
    """
    end = next((token for token in special if token and text.rstrip().endswith(token)), "")
    return end if end and unasked() == text else ""


def _written(render: Callable[[Sequence[Mapping[str, Any]]], str], messages: Any) -> str | None:
    """A template that refuses a message has read it."""
    try:
        return render(messages)
    except PromptError:
        return None
