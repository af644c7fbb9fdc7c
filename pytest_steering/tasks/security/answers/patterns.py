"""Small helpers to write regular expressions as lists of words."""

from __future__ import annotations


def one_of(words: str) -> str:
    """Return a group that matches any of the comma-separated alternatives, tried in order."""
    return "(?:" + "|".join(" ".join(word.split()) for word in words.split(",")) + ")"
