"""How much an answer repeats itself: what a model that was steered too far does first."""

from __future__ import annotations

import zlib

from pytest_steering.limit import Limit
from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words


def repetition(most: float = 0.3) -> TextScore:
    """Return the share of an answer's three-word sequences that occurred in it before.

    Limits: it grows with length, and a small model repeats itself unsteered as well. Fewer than four words
    repeat nothing; an answer without a word (line breaks, marks) has none, which `words` is there to see.

    Args:
        most: What it allows as a guard; the default is for answers of up to some 64 tokens.
    """
    return TextScore(
        "repetition",
        better="lower",
        bounds=(0.0, 1.0),
        unit="share",
        meaning="share of three-word sequences that occurred before in the answer",
        limit=Limit(most=most),
        of=lambda text: _repeated(text, 3),
    )


def distinct_2() -> TextScore:
    """Return distinct-2 (Li et al. 2016): different two-word sequences over all of an answer.

    Limits: it falls with length. An answer of fewer than two words has none.
    """
    return TextScore(
        "distinct_2",
        better="higher",
        bounds=(0.0, 1.0),
        unit="share",
        meaning="share of two-word sequences that are different ones",
        limit=Limit(least=0.5),
        of=_distinct_2,
    )


def compression() -> TextScore:
    """Return an answer's length over that of its zlib form, in bytes of UTF-8.

    It sees loops of any kind, also within a word and of line breaks.

    Limits: it grows with length (English: 1.1 at 100 characters, 2.0 at 1,000) and differs between
    languages, so its limit stands beside the unsteered answers. An empty answer has none.
    """
    return TextScore(
        "compression",
        better="lower",
        bounds=(0.0, None),
        unit="ratio",
        meaning="bytes of the answer over bytes of its zlib form",
        limit=Limit(most=1.5, beside="ratio"),
        of=_compression,
    )


def _repeated(text: str, length: int) -> float | None:
    found = words(text)
    sequences = _sequences(found, length)
    if not sequences:
        return 0.0 if found else None
    return (len(sequences) - len(set(sequences))) / len(sequences)


def _distinct_2(text: str) -> float | None:
    sequences = _sequences(words(text), 2)
    return len(set(sequences)) / len(sequences) if sequences else None


def _compression(text: str) -> float | None:
    data = text.encode("utf-8", "surrogatepass")
    return len(data) / len(zlib.compress(data, 9)) if data else None


def _sequences(found: list[str], length: int) -> list[tuple[str, ...]]:
    return list(zip(*(found[start:] for start in range(length)), strict=False))
