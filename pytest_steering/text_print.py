"""What is kept of a text that a vector was read from: no word of it, yet enough to find another text in it.

The runs of tokens of the text are hashed to two bytes each, and the smallest hashes are kept (Broder 1997,
On the resemblance and containment of documents). Whatever stands around the other text, such as a question,
changes nothing; nor do other names, literals, comments and white space where the other text is code.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from pytest_steering.text_tokens import CJK, COMMENT, form

NEAR = 0.8
"""Share of a text's runs from which on a text that holds them holds a near copy of it."""

KEPT, BYTES = 256, 2
"""Hashes kept of a text, and the bytes of each; of a longer text the smallest, as of every other text."""

CODE_RUN, PROSE_RUN = 10, 5
FEWEST_SIGNS, MOST_SIGNS = 3, 1
"""A run of code has at least so many signs among its tokens, one of prose at most so many."""

FEWEST, ENOUGH = 2, 8
"""With fewer common runs than that nothing is a near copy; of so many the share is looked at."""

_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}]+|[^\w\s]")


class TextPrint(NamedTuple):
    """What is kept of a text.

    Attributes:
        sha256: Its `bare_hash`.
        hashes: Of its runs, ascending; of as many as `KEPT` there may have been more.
    """

    sha256: str
    hashes: tuple[int, ...]

    @property
    def packed(self) -> str:
        """The hashes as text for a file."""
        return b64encode(b"".join(one.to_bytes(BYTES, "little") for one in self.hashes)).decode()

    @classmethod
    def unpacked(cls, sha256: str, packed: str) -> TextPrint:
        """Return the print that a file holds; raises ValueError for what is none."""
        raw = b64decode(packed, validate=True)
        starts = range(0, len(raw), BYTES)
        return cls(sha256, tuple(int.from_bytes(raw[start : start + BYTES], "little") for start in starts))


class Wanted(NamedTuple):
    """A text that is looked for in others.

    Attributes:
        sha256: Its `bare_hash`.
        runs: Hashes of the runs of its kind: of code, or of prose.
    """

    sha256: str
    runs: frozenset[int]


def bare_hash(text: str) -> str:
    """Return the start of the hash of a text without white space, in hexadecimal."""
    return sha256("".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=8192)  # the prompts of a session's vectors are looked at again with each run
def text_print(text: str) -> TextPrint:
    """Return what is kept of a text."""
    runs = {_hash(run) for run in (*_code_runs(text), *_prose_runs(text))}
    return TextPrint(bare_hash(text), tuple(sorted(runs)[:KEPT]))


@lru_cache(maxsize=8192)
def wanted(text: str) -> Wanted:
    """Return a text as it is looked for in others: as code where most of its runs are, else as prose."""
    code, prose = ({_hash(run) for run in runs(text)} for runs in (_code_runs, _prose_runs))
    return Wanted(bare_hash(text), frozenset(code if len(code) >= len(prose) else prose))


def standing_in(asked: Sequence[Wanted], known: Iterable[TextPrint]) -> list[bool]:
    """Return of each text whether it, or a near copy of it, is one of the known texts or a part of one.

    Args:
        asked: The texts that are looked for.
        known: Prints of the texts that they may stand in.
    """
    prints = [(one, frozenset(one.hashes)) for one in known]
    whole = {one.sha256 for one, _ in prints}
    return [one.sha256 in whole or any(_holds(*other, one.runs) for other in prints) for one in asked]


def _holds(other: TextPrint, hashes: frozenset[int], runs: frozenset[int]) -> bool:
    """Above the last hash of a text that was not kept whole nothing is known of it."""
    last = other.hashes[-1] if len(other.hashes) >= KEPT else None
    known = runs if last is None else frozenset(run for run in runs if run <= last)
    judged = len(known) >= max(FEWEST, min(ENOUGH, len(runs)))
    return judged and len(known & hashes) >= NEAR * len(known)


def _code_runs(text: str) -> Iterator[Sequence[str]]:
    for run in _runs(_TOKEN.findall(COMMENT.sub(" ", text)), CODE_RUN):
        if _signs(run) >= FEWEST_SIGNS:
            yield form(run)


def _prose_runs(text: str) -> Iterator[Sequence[str]]:
    for run in _runs(_TOKEN.findall(text.casefold()), PROSE_RUN):
        if _signs(run) <= MOST_SIGNS:
            yield run


def _runs(tokens: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    return (tokens[start : start + length] for start in range(len(tokens) - length + 1))


def _signs(run: Sequence[str]) -> int:
    return sum(not (token[0].isalnum() or token[0] == "_") for token in run)


def _hash(run: Sequence[str]) -> int:
    return crc32("\0".join(run).encode("utf-8", "surrogatepass")) & 0xFFFF
