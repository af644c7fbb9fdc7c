"""Which texts are copies of each other, or nearly, whatever names, literals and comments they have?

A text is the set of its runs of tokens; two are near copies where most of their runs are the same. What is
kept of a text is a sketch: the smallest hashes of its runs (Broder 1997, On the resemblance and containment
of documents), all of them where it is short. A sketch does not tell the text, so a vector can carry it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pytest_steering.texts.text_tokens import code_tokens, form, is_code, prose_tokens

if TYPE_CHECKING:
    from pytest_steering.tasks.sample import Sample

Sketch: TypeAlias = tuple[int, ...]
"""Hashes of runs of tokens, ascending; of as many as `KEPT` there may have been more."""

NEAR = 0.8
"""Share of common runs from which on two texts are near copies."""

KEPT = 128
"""Hashes kept: a share of common runs of 0.8 is known to 0.035."""

CODE_RUN, PROSE_RUN = 8, 2

SHORT = 4 * CODE_RUN
"""Code of fewer tokens is compared as it is written: of `print(1 + 2)` the form alone says nothing."""

FIRST, COMMON = 16, 6
"""Of the smallest hashes of two near copies so many are common, but for 3 in a million."""


class NearCopy(NamedTuple):
    """Two texts that are nearly the same.

    Attributes:
        asked: Place of the one among those asked about.
        known: Place of the other among those known.
        share: Of their runs that are common.
    """

    asked: int
    known: int
    share: float


@lru_cache(maxsize=8192)  # each run of a session asks for the same texts
def sketch(text: str, language: str = "") -> Sketch:
    """Return what is kept of a text.

    Args:
        text: Any.
        language: Of code, such as `c`; where none is named the text's lines decide whether it is code.
    """
    return tuple(sorted({_hash(run) for run in _runs(text, language)})[:KEPT])


def sketch_of(sample: Sample) -> Sketch:
    """Return what is kept of a sample's text."""
    return sketch(sample.text, str(sample.metadata.get("language") or ""))


def common_share(one: Sketch, other: Sketch) -> float:
    """Return the share of their runs that two texts have in common (Jaccard): 1 for copies, 0 for strangers.

    Above the last hash of a sketch that may not be whole nothing is known; hashes are compared below it.
    """
    end = min((kept[-1] for kept in (one, other) if len(kept) >= KEPT), default=None)
    here, there = ({hash_ for hash_ in kept if end is None or hash_ <= end} for kept in (one, other))
    return len(here & there) / max(1, len(here | there))


def near_copies(asked: Sequence[Sketch], known: Sequence[Sketch]) -> Iterator[NearCopy]:
    """Yield every text that is nearly one of those known, with each that it is nearly.

    Args:
        asked: Sketches of the one texts.
        known: Of the others; the same texts may be among them.
    """
    places = defaultdict(list)
    for place, kept in enumerate(known):
        for hash_ in kept[:FIRST]:
            places[hash_].append(place)
    for place, kept in enumerate(asked):
        common = Counter(other for hash_ in kept[:FIRST] for other in places[hash_])
        for other, count in sorted(common.items()):
            if count >= min(COMMON, len(kept) / 2) and (share := common_share(kept, known[other])) >= NEAR:
                yield NearCopy(place, other, share)


def _runs(text: str, language: str) -> Iterator[tuple[str, ...]]:
    code = is_code(text, language)
    tokens = (code_tokens(text) if code else prose_tokens(text)) or [text.strip()]
    length = CODE_RUN if code else PROSE_RUN
    for start in range(max(1, len(tokens) - length + 1)):
        run = tokens[start : start + length]
        yield tuple(form(run) if code and len(tokens) >= SHORT else run)


def _hash(run: tuple[str, ...]) -> int:
    words = "\0".join(run).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(words, digest_size=4).digest(), "big")
