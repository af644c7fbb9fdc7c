"""Is a text still a text of the usual kind?"""

from __future__ import annotations

from itertools import pairwise


def repeats(text: str) -> bool:
    """Whether most pairs of neighbouring words of a text have stood in it before; short texts never do."""
    words = text.split()
    neighbours = list(pairwise(words))
    return len(words) >= 8 and len(set(neighbours)) < len(neighbours) / 2


def gibberish(text: str) -> bool:
    """Whether a text is empty, or less than half of it is letters, digits and spaces."""
    kept = sum(map(str.isalnum, text)) + sum(map(str.isspace, text))
    return not text.strip() or kept < len(text) / 2
