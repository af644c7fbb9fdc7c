"""What is kept of a text that a vector was read from: no word of it, yet enough to find another text in it.

The runs of tokens of the text are hashed to two bytes each, and the smallest hashes are kept (Broder 1997,
On the resemblance and containment of documents). Whatever stands around the other text, such as a question,
changes nothing; nor do other names, literals, comments and white space where the other text is code.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

from pytest_steering.texts.text_tokens import CJK, COMMENT, form, is_code

NEAR = 0.8
"""Share of a text's runs from which on a text that holds them holds a near copy of it."""

KEPT, BYTES = 256, 2
"""Hashes kept of a text, and the bytes of each; of a longer text the smallest, as of every other text."""

CODE_RUN, PROSE_RUN = 10, 5
FEWEST_SIGNS, MOST_SIGNS = 3, 1
"""A run of code has at least so many signs among its tokens, one of prose at most so many."""

FEWEST, ENOUGH = 2, 8
"""With fewer common runs than that nothing is a near copy; of so many the share is looked at."""

FEWEST_UNITS = 8
"""Of fewer independent texts nobody can tell what is a form that all have, and what they say."""

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
def wanted(text: str, language: str = "") -> Wanted:
    """Return a text as it is looked for in others.

    Args:
        text: Any.
        language: Of code, such as `c`; where none is named its lines decide whether it is code.
    """
    runs = _code_runs(text) if is_code(text, language) else _prose_runs(text)
    return Wanted(bare_hash(text), frozenset(map(_hash, runs)))


def own_runs(asked: Sequence[Wanted], units: Sequence[str]) -> list[Wanted]:
    """Return texts without the runs that most of them have in common, such as one question in all of them.

    Args:
        asked: The texts that are looked for.
        units: Of each, what it goes back to; where there are few of them, what most have may be all they are.
    """
    members: dict[str, set[int]] = {}
    for one, unit in zip(asked, units, strict=True):
        members.setdefault(unit, set()).update(one.runs)
    if len(members) < FEWEST_UNITS:
        return list(asked)
    counts = Counter(run for runs in members.values() for run in runs)
    common = {run for run, count in counts.items() if 2 * count > len(members)}
    return [Wanted(one.sha256, one.runs - common) for one in asked]


def near_copies(asked: Sequence[Wanted], known: Iterable[TextPrint]) -> Iterator[tuple[int, int]]:
    """Yield the places of each text and of a known text that it, or a near copy of it, is or is a part of.

    Args:
        asked: The texts that are looked for.
        known: Prints of the texts that they may stand in.
    """
    prints = list(known)
    texts, places = defaultdict[str, list[int]](list), defaultdict[int, list[int]](list)
    for there, print_ in enumerate(prints):
        texts[print_.sha256].append(there)
        for hash_ in print_.hashes:
            places[hash_].append(there)
    for here, one in enumerate(asked):
        common = Counter(there for run in one.runs for there in places.get(run, ()))
        runs = sorted(one.runs)
        near = {there for there, count in common.items() if _holds(prints[there], runs, count)}
        yield from ((here, there) for there in sorted(near.union(texts.get(one.sha256, ()))))


def _holds(other: TextPrint, runs: Sequence[int], common: int) -> bool:
    """Above the last hash of a text that was not kept whole nothing is known of it."""
    known = bisect_right(runs, other.hashes[-1]) if len(other.hashes) >= KEPT else len(runs)
    return known >= max(FEWEST, min(ENOUGH, len(runs))) and common >= NEAR * known


def _code_runs(text: str) -> Iterator[Sequence[str]]:
    tokens = _TOKEN.findall(COMMENT.sub(" ", text))
    return (form(run) for run, signs in _runs(tokens, CODE_RUN) if signs >= FEWEST_SIGNS)


def _prose_runs(text: str) -> Iterator[Sequence[str]]:
    tokens = _TOKEN.findall(text.casefold())
    return (run for run, signs in _runs(tokens, PROSE_RUN) if signs <= MOST_SIGNS)


def _runs(tokens: Sequence[str], length: int) -> Iterator[tuple[Sequence[str], int]]:
    """Yield the runs of some tokens, each with the number of signs in it."""
    before = [0, *accumulate(not (token[0].isalnum() or token[0] == "_") for token in tokens)]
    for start in range(len(tokens) - length + 1):
        yield tokens[start : start + length], before[start + length] - before[start]


def _hash(run: Sequence[str]) -> int:
    return crc32("\0".join(run).encode("utf-8", "surrogatepass")) & 0xFFFF
