"""The block in which some models think before they answer."""

from __future__ import annotations

BEGINS, ENDS = "<think>", "</think>"


def after_thinking(text: str) -> str | None:
    """Return what is said after the thinking block; None where the block does not end.

    Some chat templates write the block's beginning themselves, so that the answer holds its end alone.

    Args:
        text: An answer.
    """
    _, ended, said = text.rpartition(ENDS)
    if ended:
        return said.lstrip()
    return None if BEGINS in text else text
