"""Are scored samples among those a vector was made from, by id, by pair, by original, or nearly by text?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.tasks.overlap import overlap

if TYPE_CHECKING:
    from pytest_steering.tasks.sample import Sample

NEAR = 0.8
"""Share of common runs of words from which on two samples are near copies."""

RUN = 5
_WORD = re.compile(r"\w+|[^\w\s]")


def shared(train: Sequence[Sample], scored: Sequence[Sample]) -> dict[str, Any]:
    """Return how many scored samples were trained on or are near copies, with a few of them by name.

    Args:
        train: What a vector was made from.
        scored: What it is scored on.
    """
    found = overlap(train, scored)
    known = {sentence.partition(" ")[0] for sentence in found}
    found += near_copies(train, [sample for sample in scored if sample.id not in known])
    return {"samples": len(found), "examples": found[:3]}


def near_copies(train: Sequence[Sample], scored: Sequence[Sample]) -> list[str]:
    """Name the scored samples whose words are nearly those of a training sample (Jaccard over runs of five).

    Args:
        train: What a vector was made from.
        scored: What it is scored on.
    """
    known = [(sample.id, _runs(sample.text)) for sample in train]
    found = []
    for sample in scored:
        runs = _runs(sample.text)
        nearest = max(((_jaccard(runs, other), name) for name, other in known), default=(0.0, ""))
        if nearest[0] >= NEAR:
            found.append(f"{sample.id} (near copy of {nearest[1]}, {nearest[0]:.2f})")
    return found


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text)
    return frozenset(tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1)))


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
